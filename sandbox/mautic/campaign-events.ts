import { z } from 'zod/v4';
import { EventViolations, internalError } from './errors';
import type { CampaignEvent } from './state';

/** Types of events, of those that Mautic brings along, with what they are. */
const EVENT_TYPES: Readonly<Record<string, CampaignEvent['eventType']>> = {
  'email.send': 'action',
  'lead.changelist': 'action',
  'lead.changepoints': 'action',
  'lead.changetags': 'action',
  'lead.updatelead': 'action',
  'campaign.addremovelead': 'action',
  'email.open': 'decision',
  'email.click': 'decision',
  'lead.field_value': 'condition',
  'lead.segments': 'condition',
};
const SHORTEST_LOOP_MINUTES = 30;

const eventSchema = z.looseObject({
  id: z.coerce.string(),
  name: z.string(),
  description: z.string().nullish(),
  type: z.string(),
  eventType: z.enum(['action', 'condition', 'decision']),
  properties: z.record(z.string(), z.json()).catch({}),
  triggerMode: z.enum(['immediate', 'interval', 'date']).nullish(),
  triggerInterval: z.coerce.number().int().nullish(),
  triggerIntervalUnit: z.enum(['i', 'h', 'd', 'm', 'y']).nullish(),
});
type SentEvent = z.infer<typeof eventSchema>;

export const eventsSchema = z.array(eventSchema).default([]);

/** What the campaign builder draws. Which event follows which is read from its connections alone. */
export interface Canvas {
  nodes: ({ id: string } & Record<string, unknown>)[];
  connections: ({ sourceId: string; targetId: string } & Record<string, unknown>)[];
}

/**
 * `CampaignModel::setEvents` and `setCanvasSettings`: events with ids of their own in the place of `new…`, each below the
 * event that a connection leads from. `parent`, `children` and `order` as they are sent count for nothing.
 *
 * Throws 422 for a campaign that restarts itself at once, 500 for an unknown type of event or a node that is no event.
 */
export function buildEvents(
  sent: readonly SentEvent[],
  canvas: Canvas,
  firstId: number,
): { events: CampaignEvent[]; canvas: Canvas } {
  const ids = new Map(sent.map(({ id }, index) => [id, firstId + index]));
  const realId = (id: string): string => {
    if (!id.includes('new')) return id;
    const known = ids.get(id);
    if (known === undefined) throw internalError();
    return String(known);
  };
  const links = canvas.connections.filter(({ sourceId }) => !['lists', 'forms'].includes(sourceId));
  const parents = new Map(links.map((link) => [link.targetId, link]));
  const depthOf = (id: string, below = 1): number => {
    const link = parents.get(id);
    if (below > sent.length) throw internalError();
    return link === undefined ? below : depthOf(link.sourceId, below + 1);
  };

  const events = sent.map((event): CampaignEvent => {
    if (EVENT_TYPES[event.type] !== event.eventType) throw internalError();
    const link = parents.get(event.id);
    const anchor = link && sourceAnchor(link);
    return {
      id: Number(realId(event.id)),
      name: event.name,
      description: event.description ?? null,
      type: event.type,
      eventType: event.eventType,
      order: depthOf(event.id),
      properties: event.properties,
      triggerMode: event.triggerMode ?? null,
      triggerInterval: event.triggerInterval ?? null,
      triggerIntervalUnit: event.triggerIntervalUnit ?? null,
      parent: link ? Number(realId(link.sourceId)) : null,
      decisionPath: anchor === 'yes' || anchor === 'no' ? anchor : null,
    };
  });
  refuseLoops(events);
  return {
    events,
    canvas: {
      nodes: canvas.nodes.map((node) => ({ ...node, id: realId(node.id) })),
      connections: canvas.connections.map((link) => ({
        ...link,
        sourceId: realId(link.sourceId),
        targetId: realId(link.targetId),
      })),
    },
  };
}

function sourceAnchor(link: Canvas['connections'][number]): unknown {
  const anchors = z.object({ source: z.string() }).safeParse(link.anchors);
  return anchors.success ? anchors.data.source : undefined;
}

/** `InfiniteLoopValidator`. */
function refuseLoops(events: readonly CampaignEvent[]): void {
  const violations = events.flatMap(
    ({ type, properties, triggerMode, triggerInterval, triggerIntervalUnit }) => {
      const { addTo } = properties;
      if (type !== 'campaign.addremovelead' || !Array.isArray(addTo) || !addTo.includes('this')) return [];
      if (triggerMode === 'immediate')
        return ['Campaign cannot restart itself without a delay. Please add at least 30 minute delay.'];
      const minutes = triggerInterval ?? 0;
      if (triggerMode !== 'interval' || triggerIntervalUnit !== 'i' || minutes >= SHORTEST_LOOP_MINUTES)
        return [];
      return [`Your delay is only ${minutes} minutes. It must be at least ${SHORTEST_LOOP_MINUTES} minutes.`];
    },
  );
  if (violations.length > 0) throw new EventViolations(violations.map((message) => ({ path: '', message })));
}
