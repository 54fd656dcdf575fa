import { NodeOperationError, type IExecuteFunctions, type INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';
import { hasAny, type Role } from '../../services/discord';
import { itemParameter } from '../shared/item-parameter';

const id = z.string().regex(/^\d{1,20}$/);
const user = z.object({ id, username: z.string(), global_name: z.string().nullish() });
const field = z.object({ custom_id: z.string(), value: z.string().nullish() });
const interactionSchema = z.object({
  id,
  application_id: id,
  member: z.object({ user, roles: z.array(id), permissions: z.string().optional() }),
  data: z.object({
    custom_id: z.string(),
    values: z.array(z.string()).optional(),
    resolved: z.object({ users: z.record(z.string(), user).optional() }).optional(),
    components: z
      .array(z.object({ component: z.unknown().optional(), components: z.array(z.unknown()).optional() }))
      .optional(),
  }),
});

/** A button that was pressed, a choice that was made, or a form that was sent, by a member of the server. */
export type Interaction = z.output<typeof interactionSchema>;

export const interactionProperty: INodeProperties = {
  displayName: 'Interaction',
  name: 'interaction',
  type: 'json',
  default: '={{ $json.event?.payload }}',
  description:
    "What the member did, as Discord tells it. Preset for items of the Lifecycle Event Trigger; empty when it is nobody's doing.",
};

/** What the item is about; `undefined` when the parameter is empty. */
export function interactionOf(context: IExecuteFunctions, itemIndex: number): Interaction | undefined {
  const given = itemParameter(context, interactionProperty.name, itemIndex, '');
  if (given === undefined || given === null || given === '') return undefined;
  const parsed = interactionSchema.safeParse(typeof given === 'string' ? fromJson(given) : given);
  if (parsed.success) return parsed.data;
  throw new NodeOperationError(
    context.getNode(),
    `"Interaction" is not what Discord sends for a click in a server (look at "${parsed.error.issues[0]?.path.join('.') ?? ''}"). Use an item of the Lifecycle Event Trigger.`,
    { itemIndex },
  );
}

/** As {@link interactionOf}, for what is impossible without one. */
export function requiredInteraction(context: IExecuteFunctions, itemIndex: number): Interaction {
  const interaction = interactionOf(context, itemIndex);
  if (interaction) return interaction;
  throw new NodeOperationError(
    context.getNode(),
    '"Interaction" is empty. Use an item of the Lifecycle Event Trigger that is about a click or a form in Discord.',
    { itemIndex },
  );
}

/** Who did it. */
export function actorOf({ member }: Interaction): { id: string; name: string } {
  const { id: userId, username, global_name: shown } = member.user;
  return { id: userId, name: shown ?? username };
}

/** Whether they have the staff role, or may manage all channels. */
export function isStaff({ member }: Interaction, role: Role): boolean {
  return member.roles.includes(role.id) || hasAny(member.permissions, ['administrator', 'manageChannels']);
}

/** What was entered in a field of a form; empty when there is no such field. In a label or, as of old, in a row. */
export function enteredIn({ data }: Interaction, key: string): string {
  const fields = (data.components ?? []).flatMap(({ component, components }) => [
    component,
    ...(components ?? []),
  ]);
  for (const each of fields) {
    const parsed = field.safeParse(each);
    if (parsed.success && parsed.data.custom_id === key) return (parsed.data.value ?? '').trim();
  }
  return '';
}

/** What was chosen: the value of a select, or the end of the form's name. */
export function chosenIn({ data }: Interaction): string {
  return data.values?.[0] ?? data.custom_id.split(':').at(-1) ?? '';
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
