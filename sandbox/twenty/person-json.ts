import type { Json } from '../double';
import { emptyValue, keyOf, type Field } from './fields';
import type { Person, TwentyState } from './state';

/** What Twenty answers for a person; with a depth above 0 what its relations lead to as well, which is nothing here. */
export function personJson(state: TwentyState, person: Person, depth = 0): Record<string, Json> {
  const own = state.fields.flatMap((field) => {
    const key = keyOf(field);
    return key === undefined ? [] : [[key, valueOf(state, person, key)] as const];
  });
  const relations = depth === 0 ? [] : state.fields.filter(({ relation }) => relation);
  const related = relations.map(
    (field) => [field.name, field.relation?.type === 'MANY_TO_ONE' ? null : []] as const,
  );
  return Object.fromEntries([...own, ...related]);
}

/** What a person holds under the key of a field. */
export function valueOf(state: TwentyState, person: Person, key: string): Json {
  switch (key) {
    case 'id':
    case 'createdAt':
    case 'updatedAt':
    case 'deletedAt':
      return person[key];
    case 'position':
      return state.all().indexOf(person) + 1;
    default: {
      const field = fieldOfKey(state, key);
      const empty = field ? emptyValue(field) : null;
      const value = person.values[key] ?? null;
      if (value === null) return empty;
      return isObject(value) && isObject(empty) ? { ...empty, ...value } : value;
    }
  }
}

export function fieldOfKey(state: TwentyState, key: string): Field | undefined {
  return state.fields.find((field) => keyOf(field) === key);
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
