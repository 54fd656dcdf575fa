import type { Provider } from '../provider';
import { app } from './app';
import { discord } from './discord';
import { lemonSqueezy } from './lemon-squeezy';
import { mautic } from './mautic';
import { resend } from './resend';
import { stripe } from './stripe';

export { discord } from './discord';
export { windmill } from './windmill';

/** Every provider whose webhooks can come in. A new one is a file beside this one, and a line here. */
export const providers: readonly Provider[] = [stripe, mautic, lemonSqueezy, resend, discord, app];
