/** An e-mail of a campaign; `day` is counted from when a contact came in. */
export interface PlannedEmail {
  id: number;
  name: string;
  day: number;
}

export interface PlannedCampaign {
  name: string;
  description: string;
  segmentId: number;
  emails: readonly PlannedEmail[];
}

/** Pixels on the canvas of Mautic's campaign builder. */
const LEFT = 500;
const TOP = 50;
const STEP = 150;

/** What Mautic sends when it is up to it: `priority` and `attempts` are its own defaults. */
const SENDING = { priority: 2, attempts: 3 };

/**
 * The body of `POST /campaigns/new`: a chain in which each e-mail waits as many days as lie between it and the one before.
 *
 * Mautic builds events only along the connections of `canvasSettings`; ids that begin with `new` are replaced by real
 * ones in both. As marketing e-mails they are not sent to contacts who must not be contacted; without a type they would be
 * (`CampaignModel::setEvents`, `EmailBundle\EventListener\CampaignSubscriber`).
 */
export function campaignBody({ name, description, segmentId, emails }: PlannedCampaign): object {
  const steps = emails
    .toSorted((one, other) => one.day - other.day)
    .map((email, index, all) => ({
      ...email,
      eventId: `new_${index + 1}`,
      before: index === 0 ? 'lists' : `new_${index}`,
      after: index + 1 < all.length ? [`new_${index + 2}`] : [],
      wait: email.day - (all[index - 1]?.day ?? 0),
    }));
  return {
    name,
    description,
    isPublished: true,
    events: steps.map((step, index) => ({
      id: step.eventId,
      name: step.name,
      description: step.day === 0 ? 'At once' : `Day ${step.day}`,
      type: 'email.send',
      eventType: 'action',
      order: index + 1,
      properties: { email: step.id, email_type: 'marketing', ...SENDING },
      triggerMode: step.wait === 0 ? 'immediate' : 'interval',
      triggerInterval: step.wait,
      triggerIntervalUnit: 'd',
      children: step.after,
      parent: index === 0 ? null : step.before,
      decisionPath: null,
    })),
    forms: [],
    lists: [{ id: segmentId }],
    canvasSettings: {
      nodes: ['lists', ...steps.map(({ eventId }) => eventId)].map((id, row) => ({
        id,
        positionX: String(LEFT),
        positionY: String(TOP + row * STEP),
      })),
      connections: steps.map(({ before, eventId }) => ({
        sourceId: before,
        targetId: eventId,
        anchors: { source: before === 'lists' ? 'leadsource' : 'bottom', target: 'top' },
      })),
    },
  };
}
