import type { INodePropertyOptions } from 'n8n-workflow';
import { providers, type EventType } from '../../services/intake';

/** Every event that can be subscribed to, as `source:type`, for drop-downs. */
export const eventTypeOptions: INodePropertyOptions[] = providers
  .flatMap(({ source, title, eventTypes }) =>
    eventTypes.map((eventType) => ({
      name: `${title}: ${eventType.title}`,
      value: `${source}:${eventType.type}`,
      description: eventType.type,
    })),
  )
  .sort((one, other) => one.name.localeCompare(other.name));

/** What a provider's file says about `source:type`. */
export function eventTypeNamed(name: string): (EventType & { source: string }) | undefined {
  for (const { source, eventTypes } of providers) {
    const found = eventTypes.find(({ type }) => `${source}:${type}` === name);
    if (found) return { source, ...found };
  }
  return undefined;
}
