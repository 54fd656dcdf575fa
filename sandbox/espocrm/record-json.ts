import type { Json } from '../double';
import type { CrmRecord, Entity, EspoCrmState } from './state';
import { userName } from './users';

/** What EspoCRM answers for a record: all attributes, or those asked for. */
export function recordJson(
  state: EspoCrmState,
  entity: Entity,
  record: CrmRecord,
  only?: readonly string[],
): Record<string, Json> {
  const hidden = state.forbiddenAttributesOf(entity);
  const shown = state
    .attributesOf(entity)
    .filter((attribute) => !hidden.includes(attribute) && (only === undefined || only.includes(attribute)));
  return Object.fromEntries(shown.map((attribute) => [attribute, valueOf(state, entity, record, attribute)]));
}

/** What is loaded of a record that is one of several, unless attributes are asked for: not all of its addresses. */
export function listedAttributesOf(state: EspoCrmState, entity: Entity): string[] {
  return state.attributesOf(entity).filter((attribute) => !attribute.endsWith('Data'));
}

/** An attribute's value; `null` when it has none. */
export function valueOf(state: EspoCrmState, entity: Entity, record: CrmRecord, attribute: string): Json {
  switch (attribute) {
    case 'id':
    case 'deleted':
    case 'createdAt':
    case 'createdById':
    case 'modifiedAt':
    case 'modifiedById':
      return record[attribute];
    case 'createdByName':
      return userName(record.createdById);
    case 'modifiedByName':
      return record.modifiedById === null ? null : userName(record.modifiedById);
    case 'name':
      return nameOf(record);
    case 'createdContactName':
      return nameOfLinked(state, 'Contact', record.attributes.createdContactId);
    case 'originalLeadName':
      return nameOfLinked(state, 'Lead', record.attributes.originalLeadId);
    default:
      if (attribute.startsWith('emailAddress')) return emailValue(state, record, attribute);
      if (attribute.startsWith('phoneNumber')) return phoneValue(record, attribute);
      return record.attributes[attribute] ?? emptyValue(state, entity, attribute);
  }
}

/** First and last name; `null` when there is neither. */
export function nameOf({ attributes }: CrmRecord): string | null {
  const parts = [attributes.firstName, attributes.lastName].filter((part) => typeof part === 'string');
  return parts.length > 0 ? parts.join(' ') : null;
}

/** The primary address as it was first written by whoever had it first. */
export function primaryEmail(state: EspoCrmState, record: CrmRecord): string | null {
  const primary = record.emailAddresses.find((address) => address.primary);
  return (primary && state.address(primary.lower)?.name) ?? null;
}

function emailValue(state: EspoCrmState, record: CrmRecord, attribute: string): Json {
  if (attribute === 'emailAddress') return primaryEmail(state, record);
  const data = record.emailAddresses.flatMap(({ lower, primary }) => {
    const address = state.address(lower);
    return address ? [{ ...address, primary }] : [];
  });
  const primary = data.find((address) => address.primary);
  switch (attribute) {
    case 'emailAddressData':
      return data.map(({ name, ...flags }) => ({ emailAddress: name, ...flags }));
    case 'emailAddressIsOptedOut':
      return primary?.optOut ?? false;
    case 'emailAddressIsInvalid':
      return primary?.invalid ?? false;
    default:
      return null;
  }
}

function phoneValue({ phoneNumbers }: CrmRecord, attribute: string): Json {
  const primary = phoneNumbers.find((number) => number.primary);
  switch (attribute) {
    case 'phoneNumber':
      return primary?.phoneNumber ?? null;
    case 'phoneNumberData':
      return phoneNumbers.map((number) => ({ ...number }));
    case 'phoneNumberIsOptedOut':
      return primary?.optOut ?? false;
    case 'phoneNumberIsInvalid':
      return primary?.invalid ?? false;
    default:
      return null;
  }
}

function nameOfLinked(state: EspoCrmState, entity: Entity, id: Json | undefined): string | null {
  const linked = typeof id === 'string' ? state.get(entity, id) : undefined;
  return linked ? nameOf(linked) : null;
}

/** What an attribute has that was never written. */
function emptyValue(state: EspoCrmState, entity: Entity, attribute: string): Json {
  const isField = (name: string, type: string): boolean => state.fields[entity][name]?.type === type;
  if (isField(attribute, 'bool')) return false;
  if (attribute.endsWith('Ids') && isField(attribute.slice(0, -3), 'linkMultiple')) return [];
  if (attribute.endsWith('Names') && isField(attribute.slice(0, -5), 'linkMultiple')) return {};
  return null;
}
