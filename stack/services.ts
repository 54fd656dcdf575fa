import { z } from 'zod/v4';
import { StackError } from './error';

/** Environment variables that were set but left empty (a copied `.env.example`) count as absent. */
type Environment = Readonly<Record<string, string | undefined>>;

const address = z
  .url({ protocol: /^https?$/, error: 'has to be an http(s) address' })
  .transform((url) => url.replace(/\/+$/, ''));
const text = z.string({ error: 'is missing' });

/** The variables of each outside system; one of them being set means that the real system is to be used. */
const SERVICES = {
  stripe: z.object({
    STRIPE_API_URL: address.default('https://api.stripe.com'),
    STRIPE_SECRET_KEY: text,
    STRIPE_WEBHOOK_SECRET: text,
  }),
  shopware: z.object({
    SHOPWARE_URL: address,
    SHOPWARE_CLIENT_ID: text,
    SHOPWARE_CLIENT_SECRET: text,
  }),
  lemonSqueezy: z.object({ LEMON_SQUEEZY_WEBHOOK_SECRET: text }),
  mautic: z.object({
    MAUTIC_URL: address,
    MAUTIC_USERNAME: text,
    MAUTIC_PASSWORD: text,
    MAUTIC_WEBHOOK_SECRET: text.optional(),
  }),
  resend: z.object({
    RESEND_API_URL: address.default('https://api.resend.com'),
    RESEND_API_KEY: text,
    RESEND_WEBHOOK_SECRET: text,
    RESEND_FROM: text,
  }),
  discord: z.object({
    DISCORD_API_URL: address.default('https://discord.com/api/v10'),
    DISCORD_BOT_TOKEN: text,
    DISCORD_GUILD_ID: text.regex(/^\d{17,20}$/, 'has to be the server ID, a number of 17 to 20 digits'),
    DISCORD_PUBLIC_KEY: text
      .regex(/^[\da-f]{64}$/i, 'has to be the public key of the application, 64 hexadecimal digits')
      .optional(),
  }),
  espocrm: z.object({ ESPOCRM_URL: address, ESPOCRM_API_KEY: text }),
  twenty: z.object({ TWENTY_URL: address, TWENTY_API_KEY: text }),
  windmill: z.object({ WINDMILL_URL: address, WINDMILL_TOKEN: text, WINDMILL_WORKSPACE: text }),
  slack: z.object({ SLACK_WEBHOOK_URL: address }),
  appEvents: z.object({
    APP_WEBHOOK_TOKEN: text.min(32, 'has to have at least 32 characters'),
  }),
  trials: z.object({ TRIALS_DB: text }),
};

export type ServiceName = keyof typeof SERVICES;

/** What the environment says about each outside system; one that is absent is played by the sandbox. */
export type Services = { [Name in ServiceName]?: z.infer<(typeof SERVICES)[Name]> | undefined };

function readService<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Environment,
): z.infer<Schema> | undefined {
  const names = Object.keys(schema.shape);
  const values = Object.fromEntries(names.map((name) => [name, environment[name]?.trim() || undefined]));
  const isReal = names.some((name) => values[name] !== undefined);
  if (!isReal) return undefined;
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message, code }) =>
      `${String(path[0])} ${code === 'invalid_type' || values[String(path[0])] === undefined ? 'is missing' : message}`,
  );
  throw new StackError(
    `The environment (.env) is incomplete: ${problems.join(', ')}. Set ${names.join(', ')} together, or none of them: then the sandbox plays that system.`,
  );
}

/**
 * Finds out which outside systems are real.
 * @throws StackError that names what is missing when a system is configured by half
 */
export function readServices(environment: Environment): Services {
  return {
    stripe: readService(SERVICES.stripe, environment),
    shopware: readService(SERVICES.shopware, environment),
    lemonSqueezy: readService(SERVICES.lemonSqueezy, environment),
    mautic: readService(SERVICES.mautic, environment),
    resend: readService(SERVICES.resend, environment),
    discord: readService(SERVICES.discord, environment),
    espocrm: readService(SERVICES.espocrm, environment),
    twenty: readService(SERVICES.twenty, environment),
    windmill: readService(SERVICES.windmill, environment),
    slack: readService(SERVICES.slack, environment),
    appEvents: readService(SERVICES.appEvents, environment),
    trials: readService(SERVICES.trials, environment),
  };
}

/** The systems that are real, in no particular order. */
export function realServices(services: Services): ServiceName[] {
  return Object.entries(services)
    .filter(([, settings]) => settings !== undefined)
    .map(([name]) => name as ServiceName);
}
