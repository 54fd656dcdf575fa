import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { Json, SandboxResponse } from '../double';
import { badRequest, TwentyError } from './errors';
import { fieldSchema, type Field } from './fields';
import { COMPANY_OBJECT_ID, PERSON_OBJECT_ID } from './fresh-state';
import { limitOf, pageOf } from './listing';
import type { TwentyState } from './state';

const newFieldSchema = z.looseObject({
  type: z.string(),
  name: z.string(),
  label: z.string(),
  objectMetadataId: z.literal(PERSON_OBJECT_ID),
  options: z.array(z.looseObject({ value: z.string(), label: z.string() })).optional(),
});

/** `GET /rest/metadata/objects`: before 2.42 the list was below its name. */
export function listObjects(state: TwentyState, query: URLSearchParams): SandboxResponse {
  requireDataModel(state);
  const objects = [
    object(COMPANY_OBJECT_ID, 'company', 'companies', []),
    object(PERSON_OBJECT_ID, 'person', 'people', state.fields.map(fieldJson)),
  ];
  const { page, pageInfo } = pageOf(objects, limitOf(query), query);
  const data = state.settings.version === '2.42' ? page : { objects: page };
  return { status: 200, body: { data, totalCount: objects.length, pageInfo } };
}

/** `POST /rest/metadata/fields`, for people. */
export function createField(state: TwentyState, input: unknown): SandboxResponse {
  requireDataModel(state);
  const field = addField(state, input);
  const created = fieldJson(field);
  return {
    status: 201,
    body: state.settings.version === '2.42' ? created : { data: { createOneField: created } },
  };
}

/** Adds a field of its own to people. Throws 400 when it is incomplete or its name is taken. */
export function addField(state: TwentyState, input: unknown): Field {
  const parsed = newFieldSchema.safeParse(input);
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
  const { type, name, label, options } = parsed.data;
  if (state.fields.some((field) => field.name === name)) {
    throw badRequest(
      `Name "${name}" is not available, check that it is not duplicating another field's name.`,
    );
  }
  const checked = fieldSchema.safeParse({
    id: randomUUID(),
    name,
    label,
    type,
    isCustom: true,
    isSystem: false,
    ...(options && { options: options.map((option) => ({ value: option.value, label: option.label })) }),
  });
  if (!checked.success) throw badRequest(z.prettifyError(checked.error));
  state.fields.push(checked.data);
  return checked.data;
}

function object(
  id: string,
  nameSingular: string,
  namePlural: string,
  fields: Json[],
): { id: string; [key: string]: Json } {
  return { id, nameSingular, namePlural, isCustom: false, isActive: true, isSystem: false, fields };
}

function fieldJson({ options, relation, ...field }: Field): { [key: string]: Json } {
  return {
    ...field,
    isActive: true,
    isNullable: true,
    options: options?.map((option, position) => ({ ...option, position, color: 'blue' })) ?? null,
    relation: relation ?? null,
  };
}

function requireDataModel({ settings }: TwentyState): void {
  if (settings.dataModelForbidden) {
    throw new TwentyError(
      403,
      'ForbiddenException',
      'Entity performing the request does not have permission',
    );
  }
}
