import type { Provider } from '../provider';
import { app } from './app';
import { mautic } from './mautic';
import { stripe } from './stripe';

/** Every provider whose webhooks can come in. A new one is a file beside this one, and a line here. */
export const providers: readonly Provider[] = [stripe, mautic, app];
