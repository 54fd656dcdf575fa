import { eventTypeNamed } from '../shared/event-types';
import { theirs, type Html } from './html';

/** What people call a kind of event, which is given as `source:type`. */
export function eventTitle(eventType: string): Html {
  return theirs(eventTypeNamed(eventType)?.title ?? eventType);
}
