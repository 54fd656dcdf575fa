import { z } from 'zod/v4';
import { parseAnswer, type HttpResponse } from '../http';
import { TWENTY, type TwentyClient } from './client';
import { personRow, type PersonRow } from './person';
import type { PersonValues } from './person-values';

const updated = z.object({ data: z.object({ updatePerson: personRow }) });
const restored = z.object({ data: z.object({ restorePerson: personRow }) });

/** Writes values into a person; everything else stays. Gives the person as it is then. Throws `ServiceError`. */
export async function updatePerson(
  client: TwentyClient,
  id: string,
  values: PersonValues,
): Promise<PersonRow> {
  const action = 'update the person';
  const { body } = await client.call({
    action,
    method: 'PATCH',
    path: `/people/${encodeURIComponent(id)}`,
    query: { depth: 0 },
    body: values,
    repeatable: true,
  });
  return parseAnswer({ service: TWENTY, action }, updated, body).data.updatePerson;
}

/**
 * Takes a person out of the trash. The path depends on the version: one that does not know it answers 400 or 404, before
 * it does anything. Throws `ServiceError`.
 */
export async function restorePerson(client: TwentyClient, id: string): Promise<PersonRow> {
  const action = 'take the person, who is in the trash there and keeps the e-mail address taken, out of it';
  const person = encodeURIComponent(id);
  const restore = (path: string, expect: number[]): Promise<HttpResponse> =>
    client.call({ action, method: 'PATCH', path, query: { depth: 0 }, expect, repeatable: true });
  const answer = await restore(`/restore/people/${person}`, [400, 404, 405]);
  const { body } = answer.status < 400 ? answer : await restore(`/people/${person}/restore`, []);
  return parseAnswer({ service: TWENTY, action }, restored, body).data.restorePerson;
}
