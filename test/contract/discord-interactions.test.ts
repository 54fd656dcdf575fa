import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod/v4';
import type { LogEntry } from '../../sandbox/request-log';
import { firstAnswer, type FirstAnswerRow } from '../../services/intake';
import { interactionOf } from '../support/discord-signature';
import { validateLog } from './contract';

type Interaction = Parameters<typeof firstAnswer>[0];

const field = z.object({
  key: z.string(),
  label: z.string(),
  description: z.string().default(''),
  style: z.enum(['short', 'paragraph']).default('short'),
  required: z.boolean().default(true),
  minLength: z.number().default(0),
  maxLength: z.number().default(1000),
});
const row = z.object({
  prefix: z.string(),
  answer: z.enum(['wait', 'waitSilently', 'form']).default('wait'),
  title: z.string().default(''),
  customId: z.string().default(''),
  fields: z
    .object({ rows: z.array(field) })
    .default({ rows: [] })
    .transform(({ rows }) => rows),
});
const workflow = z.object({
  nodes: z.array(
    z.object({
      name: z.string(),
      parameters: z.object({ firstAnswers: z.object({ rows: z.array(row) }).optional() }),
    }),
  ),
});

/** The table that the workflow ships with. */
function shippedTable(): FirstAnswerRow[] {
  const file = path.resolve(__dirname, '../../workflows/intake.json');
  const { nodes } = workflow.parse(JSON.parse(readFileSync(file, 'utf8')));
  return nodes.find(({ name }) => name === 'Discord interactions')?.parameters.firstAnswers?.rows ?? [];
}

/** As if the answer were sent by a call of its own, which takes the same. */
function callback(body: unknown): LogEntry {
  return {
    at: '2026-03-01T12:00:00.000Z',
    double: 'discord',
    method: 'POST',
    path: '/interactions/1445000000000000001/token/callback',
    query: {},
    headers: { 'content-type': 'application/json' },
    body,
    status: 204,
    responseHeaders: {},
    responseBody: '',
    fault: null,
  };
}

describe('the first answers to interactions, against Discord’s contract', () => {
  it.each([
    ['ticket:new', 5, {}],
    ['ticket:category', 9, { data: { custom_id: 'ticket:category', values: ['billing'] } }],
    ['ticket:details:billing', 5, { type: 5 }],
    ['ticket:claim:12', 5, {}],
    ['ticket:close:12', 9, {}],
    ['ticket:closing:12', 5, { type: 5 }],
    ['ticket:add:12', 5, {}],
    ['ticket:move:12', 5, {}],
    ['ticket:reopen:12', 5, {}],
    ['ticket:unknown', 4, {}],
  ])('to %s is as it should be', (customId, type, over) => {
    const { response } = firstAnswer(interactionOf(customId, over) as Interaction, shippedTable());
    expect(response.type).toBe(type);
    expect(validateLog([callback(response)])).toEqual([]);
  });

  it('would not pass if a form were wrong', () => {
    const table = shippedTable().map((each) => ({ ...each, title: 'x'.repeat(46) }));
    const { response } = firstAnswer(interactionOf('ticket:close:12') as Interaction, table);
    expect(validateLog([callback(response)])).not.toEqual([]);
  });
});
