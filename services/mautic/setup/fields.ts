import { notPossible, type MauticApi } from '../api';
import { createdResult, ensureEach, foundResult, isAliasMadeUnique, type SetupResult } from './result';
import { oneField, setupField, type SetupField } from './schemas';

/** A contact field that workflows write or read by its alias. */
export interface FieldDefinition {
  label: string;
  alias: string;
  /** One of Mautic's types, e.g. text, number, boolean, date, datetime, select. */
  type: string;
  /** What a select field offers. */
  values: readonly string[];
  /** Decimal places that a number field keeps. */
  decimals: number;
  /** Characters that a field of a limited type holds. */
  maxLength: number;
}

const PATH = '/api/fields/contact';
const MENU = 'Settings > Custom Fields';
const LONGEST_ALIAS = 25;
/** Types that Mautic limits the length of (`LeadField`, since 5.1). */
const LIMITED_TYPES: readonly string[] = ['text', 'select', 'url', 'email'];
/** As Mautic's own number fields round (`NumberFormatter::ROUND_HALFEVEN`). */
const ROUND_HALF_EVEN = 4;
const PENDING =
  'Mautic creates its column in the background and publishes it then; until then nothing can be set in it. Run this again in some minutes to see whether it is there.';
const ADVICE = { 403: `Give the role of the API user the permission "Custom Fields: Full" for contacts.` };

/**
 * Creates the contact fields that Mautic lacks, and says of those it has what workflows would stumble over. Where Mautic
 * makes columns in the background, a created field is not published until its cron job has run.
 */
export async function ensureFields(
  api: MauticApi,
  definitions: readonly FieldDefinition[],
): Promise<Array<SetupResult | Error>> {
  const fields = await api.list({ action: 'list its contact fields', path: PATH, key: 'fields' }, setupField);
  return await ensureEach(definitions, async (definition) => {
    checkDefinition(definition);
    const { alias, label } = definition;
    const found =
      fields.find((field) => field.alias === alias) ??
      fields.find((field) => field.label === label && isAliasMadeUnique(field.alias, alias));
    if (found) {
      const { id } = found;
      return foundResult('field', alias, { id, differences: differencesOf(found, definition) });
    }
    const { field, isPending } = await create(api, definition);
    fields.push(field);
    return createdResult('field', alias, {
      id: field.id,
      differences: aliasDifference(field, alias),
      detail: isPending ? PENDING : '',
    });
  });
}

async function create(
  api: MauticApi,
  { label, alias, type, values, decimals, maxLength }: FieldDefinition,
): Promise<{ field: SetupField; isPending: boolean }> {
  const body = {
    label,
    alias,
    type,
    group: 'core',
    isPublished: true,
    ...(LIMITED_TYPES.includes(type) && { charLengthLimit: maxLength }),
    ...(type === 'boolean' && { properties: { yes: 'Yes', no: 'No' } }),
    ...(type === 'number' && { properties: { roundmode: ROUND_HALF_EVEN, scale: decimals } }),
    ...(hasValues(type) && {
      properties: { list: values.map((value) => ({ label: labelOf(value), value })) },
    }),
  };
  const action = `create the contact field "${alias}"`;
  const answer = await api.call(
    { action, method: 'POST', path: `${PATH}/new`, body, advice: ADVICE },
    oneField,
  );
  return { field: answer.value.field, isPending: answer.status === 202 };
}

function hasValues(type: string): boolean {
  return type === 'select' || type === 'multiselect';
}

/** `past_due` reads "Past due". */
function labelOf(value: string): string {
  const text = value.replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Mautic would make another alias of it without a word, and workflows would look for the one that is declared. */
function checkDefinition({ label, alias, type, values }: FieldDefinition): void {
  const problem = problemOf({ label, alias, type, values });
  if (problem !== undefined) throw notPossible(`create the contact field "${alias || label}": ${problem}`);
}

function problemOf({
  label,
  alias,
  type,
  values,
}: Pick<FieldDefinition, 'label' | 'alias' | 'type' | 'values'>): string | undefined {
  if (label === '') return 'it has no label. Give it one';
  if (!/^[a-z]([a-z0-9_]*[a-z0-9])?$/.test(alias))
    return 'an alias is made of small letters, digits and underscores, begins with a letter and does not end with an underscore. Change the alias';
  if (alias.length > LONGEST_ALIAS)
    return `an alias has at most ${LONGEST_ALIAS} characters. Shorten the alias`;
  if (hasValues(type) && values.length === 0) return 'it has no values to choose from. List some';
  return undefined;
}

function differencesOf(field: SetupField, { alias, type, values, decimals }: FieldDefinition): string[] {
  const missing = hasValues(field.type) ? values.filter((value) => !field.values.includes(value)) : [];
  return [
    ...aliasDifference(field, alias),
    ...(field.type === type ? [] : [`its type is ${field.type}, not ${type}`]),
    ...(field.published
      ? []
      : [`it is not published: publish it under ${MENU}, or wait until Mautic has created its column`]),
    ...(field.type === type && missing.length > 0 ? [`its values lack ${missing.join(', ')}`] : []),
    ...(field.type === type && type === 'number' && field.decimals < decimals
      ? [`it keeps ${field.decimals} decimals, not ${decimals}`]
      : []),
  ];
}

function aliasDifference(field: SetupField, alias: string): string[] {
  return field.alias === alias
    ? []
    : [
        `Mautic gave it the alias "${field.alias}", since "${alias}" is taken or reserved; workflows look for "${alias}"`,
      ];
}
