import { z } from 'zod/v4';
import type { Json } from '../double';
import { COMPONENT } from './component-types';
import { customIdSchema, entitySelectSchema, plain, stringSelectSchema } from './components';
import { inWords } from './form';

const LONGEST_INPUT = 4000;
const MOST_FIELDS = 5;

const textInputSchema = z
  .object({
    type: z.literal(COMPONENT.textInput),
    custom_id: customIdSchema,
    style: z.int().min(1).max(2),
    /** Only where it stands in a row; below a label the label has it. */
    label: z.string().min(1).max(45).nullish(),
    value: z.string().max(LONGEST_INPUT).nullish(),
    placeholder: z.string().max(100).nullish(),
    required: z.boolean().nullish(),
    min_length: z.int().min(0).max(LONGEST_INPUT).nullish(),
    max_length: z.int().min(1).max(LONGEST_INPUT).nullish(),
  })
  .superRefine(({ min_length: least, max_length: most }, context) => {
    if ((least ?? 0) <= (most ?? LONGEST_INPUT)) return;
    const words = inWords('TEXT_INPUT_MIN_LENGTH', 'min_length cannot be greater than max_length');
    context.addIssue({ code: 'custom', path: ['min_length'], ...words });
  });

const rowSchema = z.object({
  type: z.literal(COMPONENT.actionRow),
  components: z
    .array(
      textInputSchema.refine(({ label }) => Boolean(label), {
        path: ['label'],
        ...inWords('BASE_TYPE_REQUIRED', 'This field is required'),
      }),
    )
    .length(1),
});
const labelSchema = z.object({
  type: z.literal(COMPONENT.label),
  label: z.string().min(1).max(45),
  description: z.string().min(1).max(100).nullish(),
  component: z
    .union([textInputSchema, stringSelectSchema, entitySelectSchema])
    .refine((component) => !('disabled' in component && component.disabled), {
      path: ['disabled'],
      ...inWords('MODAL_COMPONENT_DISABLED', 'Components in modals cannot be disabled'),
    }),
});
const textSchema = z.object({ type: z.literal(COMPONENT.textDisplay), content: z.string().min(1).max(4000) });

export const modalSchema = z
  .object({
    custom_id: customIdSchema,
    title: z.string().min(1).max(45),
    components: z
      .array(z.union([labelSchema, rowSchema, textSchema]))
      .min(1)
      .max(MOST_FIELDS),
  })
  .superRefine((modal, context) => {
    const ids = fieldsOf(modal).map(({ component }) => component.custom_id);
    if (new Set(ids).size === ids.length) return;
    const words = inWords('COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
    context.addIssue({ code: 'custom', path: ['components'], ...words });
  });

export type Modal = z.output<typeof modalSchema>;
type FieldComponent = z.output<typeof labelSchema>['component'];

/** One thing that a modal asks, and what stands above it. */
export interface ModalField {
  label: string;
  description: string | null;
  component: FieldComponent;
}

export function fieldsOf({ components }: Pick<Modal, 'components'>): ModalField[] {
  return components.flatMap((part): ModalField[] => {
    if (part.type === COMPONENT.label) {
      return [{ label: part.label, description: part.description ?? null, component: part.component }];
    }
    if (part.type !== COMPONENT.actionRow) return [];
    return part.components.map((component) => ({
      label: component.label ?? '',
      description: null,
      component,
    }));
  });
}

export type ModalValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * What a filled in modal is sent as: text as `value`, what was chosen as `values`, each within its label or row. Throws
 * what the form itself would say: something is missing, too short or too long.
 */
export function submittedComponents(modal: Modal, values: ModalValues): Json[] {
  const known = fieldsOf(modal).map(({ component }) => component.custom_id);
  const unknown = Object.keys(values).find((id) => !known.includes(id));
  if (unknown !== undefined)
    throw new Error(`The form has no field "${unknown}". It has: ${known.join(', ')}.`);
  let id = 0;
  const next = (): number => (id += 1);
  const sent = (component: FieldComponent, label: string): object => ({
    type: component.type,
    id: next(),
    custom_id: component.custom_id,
    ...filled(component, label, values[component.custom_id]),
  });
  return modal.components.map((part) => {
    const own = { type: part.type, id: next() };
    if (part.type === COMPONENT.label) return plain({ ...own, component: sent(part.component, part.label) });
    if (part.type !== COMPONENT.actionRow) return plain(own);
    return plain({ ...own, components: part.components.map((input) => sent(input, input.label ?? '')) });
  });
}

function filled(component: FieldComponent, label: string, given: ModalValues[string] | undefined): object {
  const isRequired = component.required ?? true;
  if (component.type === COMPONENT.textInput) {
    const value = typeof given === 'string' ? given : (component.value ?? '');
    const { min_length: least, max_length: most } = component;
    if (value === '' && isRequired) throw new Error(`"${label}" has to be filled in.`);
    if (value !== '' && value.length < (least ?? 0)) throw new Error(`"${label}" needs ${least} characters.`);
    if (value.length > (most ?? LONGEST_INPUT)) throw new Error(`"${label}" takes ${most} characters.`);
    return { value };
  }
  const values = [given ?? []].flat();
  if (values.length === 0 && isRequired) throw new Error(`"${label}" has to be chosen.`);
  return { values };
}
