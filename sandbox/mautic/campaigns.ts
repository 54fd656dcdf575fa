import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { buildEvents, eventsSchema } from './campaign-events';
import { MauticError, answer, formError, internalError, notFound, parseForm } from './errors';
import { flag } from './flag';
import { listNamed, PUBLISH_DETAILS } from './named-lists';
import { phpDate } from './php';
import { segmentJson } from './segments';
import type { Campaign, CampaignEvent, MauticState } from './state';

const sourcesSchema = z.array(z.object({ id: z.coerce.number().int() })).catch([]);

const createSchema = z.looseObject({
  name: z.string().default(''),
  description: z.string().nullable().default(null),
  isPublished: flag(true),
  allowRestart: flag(false),
  events: eventsSchema,
  lists: sourcesSchema,
  forms: sourcesSchema,
  canvasSettings: z
    .looseObject({
      nodes: z.array(z.looseObject({ id: z.coerce.string() })).default([]),
      connections: z
        .array(z.looseObject({ sourceId: z.coerce.string(), targetId: z.coerce.string() }))
        .default([]),
    })
    .optional(),
});

/** Campaigns: their list, and new ones. */
export class Campaigns {
  constructor(
    private readonly state: MauticState,
    private readonly siteUrl: string,
    private readonly changed: () => void,
  ) {}

  list(request: SandboxRequest): SandboxResponse {
    const { total, items } = listNamed(this.state.campaigns.all(), request, (campaign, minimal) =>
      this.json(campaign, minimal),
    );
    return answer({ total, campaigns: items });
  }

  get(id: number): SandboxResponse {
    const campaign = this.state.campaigns.get(id);
    if (!campaign) throw notFound();
    return answer({ campaign: this.json(campaign) });
  }

  /**
   * Throws 400 without a name, events or a source, 422 for events that do not pass their validation. Without
   * `canvasSettings` the campaign is saved, but none of its events is.
   */
  create(body: unknown): SandboxResponse {
    const { name, events, lists, forms, canvasSettings, ...given } = parseForm(createSchema, body);
    if (name.trim() === '') throw formError({ name: ['A name is required.'] }, 400);
    const builder = 'Use the Launch Campaign Builder button to add one.';
    if (events.length === 0) throw new MauticError(400, `At least one event is required. ${builder}`);
    if (lists.length === 0 && forms.length === 0)
      throw new MauticError(400, `At least one contact source is required. ${builder}`);
    const segments = lists.map(({ id }) => id);
    // A source that is not there ends in a violated foreign key. The sandbox has no forms.
    if (forms.length > 0 || segments.some((id) => !this.state.segments.get(id))) throw internalError();

    const built = canvasSettings && buildEvents(events, canvasSettings, this.nextEventId());
    const campaign = this.state.campaigns.put({
      id: this.state.campaigns.nextId(),
      name: name.trim(),
      description: given.description,
      isPublished: given.isPublished,
      dateAdded: phpDate(),
      allowRestart: given.allowRestart,
      events: built?.events ?? [],
      lists: segments,
      forms: [],
      canvasSettings: z.record(z.string(), z.json()).parse(built?.canvas ?? {}),
    });
    this.changed();
    const headers = { location: `${this.siteUrl}/api/campaigns/${campaign.id}` };
    return answer({ campaign: this.json(campaign) }, 201, headers);
  }

  /** Events of all campaigns are rows of one table. */
  private nextEventId(): number {
    const ids = this.state.campaigns.all().flatMap(({ events }) => events.map(({ id }) => id));
    return Math.max(0, ...ids) + 1;
  }

  private json(campaign: Campaign, minimal = false): Record<string, unknown> {
    const { id, name, description, isPublished, dateAdded, allowRestart } = campaign;
    const head = { isPublished, dateAdded, ...PUBLISH_DETAILS, id, name, category: null, description };
    if (minimal) return head;
    const segments = campaign.lists.flatMap((list) => this.state.segments.get(list) ?? []);
    return {
      ...head,
      allowRestart,
      publishUp: null,
      publishDown: null,
      events: campaign.events.map((event) => eventJson(event, campaign.events)),
      forms: [],
      lists: segments.map((segment) => segmentJson(segment, true)),
      canvasSettings: Object.keys(campaign.canvasSettings).length === 0 ? [] : campaign.canvasSettings,
    };
  }
}

function eventJson(event: CampaignEvent, all: readonly CampaignEvent[]): Record<string, unknown> {
  const brief = ({ id, name, description, type, eventType, properties }: CampaignEvent) => {
    const email = type === 'email.send' ? Number(properties.email) || null : null;
    return { id, name, description, type, eventType, channel: email && 'email', channelId: email };
  };
  const parent = all.find(({ id }) => id === event.parent);
  return {
    ...brief(event),
    order: event.order,
    properties: event.properties,
    triggerDate: null,
    triggerInterval: event.triggerInterval,
    triggerIntervalUnit: event.triggerIntervalUnit,
    triggerHour: null,
    triggerRestrictedStartHour: null,
    triggerRestrictedStopHour: null,
    triggerRestrictedDaysOfWeek: [],
    triggerMode: event.triggerMode,
    decisionPath: event.decisionPath,
    parent: parent ? brief(parent) : null,
    children: all.filter((child) => child.parent === event.id).map(brief),
  };
}
