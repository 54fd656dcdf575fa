import { AppDouble } from './app';
import { DiscordDouble } from './discord';
import type { Double, DoubleContext } from './double';
import { EspoCrmDouble } from './espocrm';
import { LemonSqueezyDouble } from './lemonsqueezy';
import { MauticDouble } from './mautic';
import { ResendDouble } from './resend';
import { ShopwareDouble } from './shopware';
import { SlackDouble } from './slack';
import { StripeDouble } from './stripe';
import { TrialsDouble } from './trials';
import { TwentyDouble } from './twenty';
import { WindmillDouble } from './windmill';

/** Every system the sandbox stands in for, by the path it is at; the page shows them in this order. */
export const allDoubles: Readonly<Record<string, new (context: DoubleContext) => Double>> = {
  app: AppDouble,
  stripe: StripeDouble,
  lemonsqueezy: LemonSqueezyDouble,
  shopware: ShopwareDouble,
  mautic: MauticDouble,
  resend: ResendDouble,
  discord: DiscordDouble,
  espocrm: EspoCrmDouble,
  twenty: TwentyDouble,
  windmill: WindmillDouble,
  slack: SlackDouble,
  trials: TrialsDouble,
};
