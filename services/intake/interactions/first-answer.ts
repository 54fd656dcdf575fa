import { KIND, nameOf, type Interaction } from './interaction';
import {
  NOT_IN_USE,
  NO_CHOICES,
  WAIT_SEEN_BY_THEM_ONLY,
  WAIT_SILENTLY,
  form,
  type InteractionResponse,
} from './response';

/** One field of a form. */
export interface FormField {
  /** Its name in what comes back. */
  key: string;
  label: string;
  description: string;
  style: 'short' | 'paragraph';
  required: boolean;
  /** Characters; zero: no least. */
  minLength: number;
  maxLength: number;
}

/** How what begins with a prefix is answered before anybody works on it. */
export interface FirstAnswerRow {
  /** Of the `custom_id`, up to one of its colons or its end; of a command its name behind a `/`. */
  prefix: string;
  answer: 'wait' | 'waitSilently' | 'form';
  /** Of the form: what follows the prefix, or else the value that was chosen, is appended to `customId`. */
  title: string;
  customId: string;
  fields: readonly FormField[];
}

export interface FirstAnswer {
  response: InteractionResponse;
  /** Whether a workflow is to work on it: the token is to be kept, and the event stored, before it is answered. */
  isWorkedOn: boolean;
}

const SEPARATOR = ':';
/** As Discord counts: discord.com/developers/docs/components/reference. */
const LONGEST = { customId: 100, title: 45, label: 45, description: 100, value: 4000 } as const;
const MOST_FIELDS = 5;
const LABEL = 18;
const TEXT_INPUT = 4;
const STYLE = { short: 1, paragraph: 2 } as const;

/**
 * What Discord is told at once, by the row with the longest prefix that fits. Where none does, and where the answer of
 * one is impossible, the person is told that it is not in use any more.
 */
export function firstAnswer(interaction: Interaction, table: readonly FirstAnswerRow[]): FirstAnswer {
  if (interaction.type === KIND.autocomplete) return { response: NO_CHOICES, isWorkedOn: false };
  const none = { response: NOT_IN_USE, isWorkedOn: false };
  const name = nameOf(interaction);
  if (name === undefined || !isAnswerable(interaction)) return none;
  const [row] = table
    .filter(({ prefix, answer }) => startsWith(name, prefix) && isPossible(answer, interaction))
    .sort((one, other) => other.prefix.length - one.prefix.length);
  if (row === undefined) return none;
  if (row.answer !== 'form') return { response: waiting(row.answer, interaction), isWorkedOn: true };
  const rest = name.slice(row.prefix.length + SEPARATOR.length) || interaction.data?.values?.[0];
  const customId = rest === undefined ? row.customId : `${row.customId}${SEPARATOR}${rest}`;
  return customId.length > LONGEST.customId ? none : { response: formOf(row, customId), isWorkedOn: false };
}

/** What is wrong with a table, told by its row, or `undefined`: Discord would show people only that something failed. */
export function checkFirstAnswers(table: readonly FirstAnswerRow[]): string | undefined {
  for (const [index, row] of table.entries()) {
    const isDouble = table.slice(0, index).some(({ prefix }) => prefix === row.prefix);
    const problem = isDouble ? 'another row begins so as well' : problemOf(row);
    if (problem !== undefined) return `First answer ${index + 1} ("${row.prefix}"): ${problem}.`;
  }
  return undefined;
}

function isAnswerable({ type }: Interaction): boolean {
  return type === KIND.command || type === KIND.component || type === KIND.form;
}

/** Discord opens no form on top of a form that was sent. */
function isPossible(answer: FirstAnswerRow['answer'], { type }: Interaction): boolean {
  return answer !== 'form' || type !== KIND.form;
}

/** Only a button or a select can rest silently. */
function waiting(answer: FirstAnswerRow['answer'], { type }: Interaction): InteractionResponse {
  return answer === 'waitSilently' && type === KIND.component ? WAIT_SILENTLY : WAIT_SEEN_BY_THEM_ONLY;
}

function startsWith(name: string, prefix: string): boolean {
  return name === prefix || name.startsWith(prefix + SEPARATOR);
}

function formOf({ title, fields }: FirstAnswerRow, customId: string): InteractionResponse {
  return form({
    custom_id: customId,
    title,
    components: fields.map(({ key, label, description, style, required, minLength, maxLength }) => ({
      type: LABEL,
      label,
      ...(description !== '' && { description }),
      component: {
        type: TEXT_INPUT,
        custom_id: key,
        style: STYLE[style],
        required,
        ...(minLength > 0 && { min_length: minLength }),
        max_length: maxLength,
      },
    })),
  });
}

function problemOf(row: FirstAnswerRow): string | undefined {
  const prefix = textProblem('beginning of the custom ID', row.prefix, LONGEST.customId);
  if (prefix !== undefined || row.answer !== 'form') return prefix;
  const own =
    textProblem('form title', row.title, LONGEST.title) ??
    textProblem('form custom ID', row.customId, LONGEST.customId);
  if (own !== undefined) return own;
  const { length } = row.fields;
  if (length === 0) return 'the form has no field; add one';
  if (length > MOST_FIELDS) return `the form has ${length} fields, and Discord shows ${MOST_FIELDS} at most`;
  for (const [index, field] of row.fields.entries()) {
    const isDouble = row.fields.slice(0, index).some(({ key }) => key === field.key);
    const problem = isDouble ? `the key "${field.key}" is taken by another field` : fieldProblem(field);
    if (problem !== undefined) return `field ${index + 1} ("${field.label}"): ${problem}`;
  }
  return undefined;
}

function fieldProblem({ key, label, description, minLength, maxLength }: FormField): string | undefined {
  const isLength = (length: number) => Number.isInteger(length) && length >= 0 && length <= LONGEST.value;
  if (!isLength(minLength) || !isLength(maxLength) || maxLength < 1)
    return `the lengths have to be whole numbers up to ${LONGEST.value}, the longest at least 1`;
  if (minLength > maxLength) return 'the shortest length is greater than the longest';
  return (
    textProblem('key', key, LONGEST.customId) ??
    textProblem('label', label, LONGEST.label) ??
    (description === '' ? undefined : textProblem('description', description, LONGEST.description))
  );
}

function textProblem(what: string, text: string, longest: number): string | undefined {
  if (text.trim() === '') return `the ${what} is empty`;
  return text.length > longest
    ? `the ${what} has ${text.length} characters, and Discord takes ${longest} at most`
    : undefined;
}
