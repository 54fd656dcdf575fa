import { z } from 'zod/v4';
import { UnreadableBody, groupKeyOf, type IntakeEvent } from '../provider';

/** Kinds of interactions, by Discord's numbers. */
export const KIND = { ping: 1, command: 2, component: 3, autocomplete: 4, form: 5 } as const;

/** Discord's ids tell when they were made: the bits above these are milliseconds since 2015. */
const ID_TIME_SHIFT = 22n;
const DISCORD_EPOCH_MS = Date.UTC(2015, 0, 1);

/** A snowflake: a number of 64 bits, as text. */
const id = z.string().regex(/^\d{1,20}$/);
const user = z.looseObject({ id });
const interactionSchema = z.looseObject({
  id,
  application_id: id,
  type: z.int(),
  token: z.string().min(1),
  /** In a server the person is the `member`, in a direct message the `user`. */
  member: z.looseObject({ user: user.nullish() }).nullish(),
  user: user.nullish(),
  data: z
    .looseObject({
      custom_id: z.string().optional(),
      /** A command's. */
      name: z.string().optional(),
      /** Chosen in a select. */
      values: z.array(z.string()).optional(),
    })
    .nullish(),
});
const pingSchema = z.looseObject({ type: z.literal(KIND.ping) });

export type Interaction = z.output<typeof interactionSchema>;

/** What opens the replies to an interaction for 15 minutes: a secret, kept apart from its event. */
export interface KeptToken {
  /** The interaction's. */
  id: string;
  applicationId: string;
  token: string;
}

const TYPES: ReadonlyMap<number, string> = new Map([
  [KIND.command, 'interaction.command'],
  [KIND.component, 'interaction.component'],
  [KIND.form, 'interaction.modalSubmit'],
]);

/** Whether Discord only asks if anybody is there. */
export function isPing(body: unknown): boolean {
  return pingSchema.safeParse(body).success;
}

/** Throws `UnreadableBody` when it is not what Discord sends. */
export function readInteraction(body: unknown): Interaction {
  const parsed = interactionSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new UnreadableBody(400, `not an interaction of Discord${path ? `: look at "${path}"` : ''}`);
}

/** The event of an interaction, without the token; `undefined` for a kind that nobody works on later. */
export function eventOf(interaction: Interaction): IntakeEvent | undefined {
  const type = TYPES.get(interaction.type);
  if (type === undefined) return undefined;
  return {
    externalId: interaction.id,
    type,
    occurredAt: timeOf(interaction.id),
    groupKey: groupKey(interaction),
    payload: Object.fromEntries(Object.entries(interaction).filter(([name]) => name !== 'token')),
  };
}

export function tokenOf({ id: interactionId, application_id: applicationId, token }: Interaction): KeptToken {
  return { id: interactionId, applicationId, token };
}

/** What was pressed, chosen from or sent: its `custom_id`, or `/` and the name of a command. */
export function nameOf({ data }: Interaction): string | undefined {
  return data?.custom_id ?? (data?.name === undefined ? undefined : `/${data.name}`);
}

function timeOf(snowflake: string): Date {
  return new Date(Number(BigInt(snowflake) >> ID_TIME_SHIFT) + DISCORD_EPOCH_MS);
}

/** The ticket, when a name such as `ticket:close:12` ends in its number; else the person. */
function groupKey(interaction: Interaction): string | undefined {
  const [, subject, number] = /^([^:]+):(?:.*:)?(\d+)$/.exec(nameOf(interaction) ?? '') ?? [];
  if (subject !== undefined) return groupKeyOf('object', `discord:${subject}:${number}`);
  const person = interaction.member?.user?.id ?? interaction.user?.id;
  return person === undefined ? undefined : groupKeyOf('object', `discord:user:${person}`);
}
