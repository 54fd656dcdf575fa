import type { IDataObject } from 'n8n-workflow';
import type { EventOfItem } from './event-of-item';
import type { Said } from './said';
import { saidByApp } from './said-by-app';
import { saidByLemonSqueezy } from './said-by-lemon-squeezy';
import { saidByStripe } from './said-by-stripe';

/** All that the event of an item says about a customer, whoever sent it. */
export function saidByEvent(event: EventOfItem, item: IDataObject): Said {
  switch (event.source) {
    case 'app':
      return saidByApp(event);
    case 'stripe':
      return saidByStripe(event, item);
    case 'lemonSqueezy':
      return saidByLemonSqueezy(event);
    case 'mautic':
    case 'resend':
    case 'discord':
      return { nothing: {} };
  }
}
