import { paymentIn, planIn } from '../../../services/lemon-squeezy';
import type { EventOfItem } from './event-of-item';
import { together, type Said } from './said';

/** Reads an event of Lemon Squeezy: an order may say both what was bought and what was paid. */
export function saidByLemonSqueezy(event: EventOfItem): Said {
  return together(planIn(event), paymentIn(event));
}
