import { describe, expect, it } from '@jest/globals';
import { readReplayQuestion, readReportRequest } from '../../../nodes/LifecycleStore/report/request';

const NOW = new Date('2026-03-10T12:00:00Z');
const read = (query: unknown) => readReportRequest(query, NOW);
const OVERVIEW = {
  scope: {
    period: { days: 30, from: new Date('2026-02-09T00:00:00Z'), until: NOW },
    tier: null,
  },
  page: { kind: 'overview' },
  format: 'html',
  table: null,
};

describe('the query of a report', () => {
  it.each([
    undefined,
    null,
    '',
    'text',
    47,
    [],
    {},
    { period: '0' },
    { period: '31' },
    { period: '30.5' },
    { period: ['7', '7'] },
    { period: { days: '7' } },
    { tier: 'gold' },
    { tier: 'constructor' },
    { tier: ['pro'] },
    { customer: '' },
    { customer: ' ' },
    { customer: 'x'.repeat(501) },
    { list: 'a\0b' },
    { replay: 'one' },
    { replay: 'one', delivery: '1; drop table' },
    { replay: 'one', delivery: '0' },
    { replay: 'one', delivery: '9'.repeat(19) },
    { replay: 'all' },
    { replay: 'both', delivery: '1', handler: 'a' },
    { format: 'csv' },
    { format: 'pdf' },
  ])('%j is the overview', (query) => {
    expect(read(query)).toEqual(OVERVIEW);
  });

  it.each(['1', '7', '30', '90', '365'])('takes a period of %s days', (period) => {
    expect(read({ period }).scope.period).toMatchObject({ days: Number(period), until: NOW });
  });

  it('takes a tier, which narrows a list as well', () => {
    expect(read({ tier: 'pro', list: 'customers' })).toMatchObject({
      scope: { tier: 'pro' },
      page: { kind: 'list', list: 'customers', filters: { tier: 'pro' } },
    });
  });

  it('tells pages apart', () => {
    expect(read({ customer: '47' }).page).toEqual({ kind: 'customer', idOrEmail: '47' });
    expect(read({ email: ' ada@example.com ' }).page).toEqual({
      kind: 'customer',
      idOrEmail: 'ada@example.com',
    });
    expect(read({ list: 'events', source: 'stripe', after: 'c' }).page).toMatchObject({
      kind: 'list',
      list: 'events',
      filters: { source: 'stripe' },
      after: 'c',
    });
    expect(read({ replay: 'one', delivery: '12' }).page).toEqual({
      kind: 'replay',
      question: { which: 'one', delivery: '12' },
    });
  });

  it('gives a file of a list, or of a table of the overview', () => {
    expect(read({ list: 'events', format: 'csv' })).toMatchObject({ format: 'csv', table: null });
    expect(read({ table: 'stages', format: 'csv' })).toMatchObject({ format: 'csv', table: 'stages' });
    expect(read({ replay: 'one', delivery: '1', format: 'csv' })).toMatchObject({ format: 'html' });
  });

  it('does not take more than a page can have', () => {
    const query = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`p${index}`, 'x']));
    const { page } = read({ list: 'events', ...query });
    expect(Object.keys(page.kind === 'list' ? page.filters : {}).length).toBeLessThanOrEqual(20);
  });
});

describe('the form of a replay', () => {
  it('says what is meant, or nothing', () => {
    expect(readReplayQuestion({ replay: 'one', delivery: '12', token: 't' })).toEqual({
      which: 'one',
      delivery: '12',
    });
    expect(readReplayQuestion({ replay: 'all', handler: 'h' })).toEqual({
      which: 'all',
      handler: 'h',
      type: null,
    });
    expect(readReplayQuestion({ replay: 'all', handler: 'h', type: 'app:user.registered' })).toEqual({
      which: 'all',
      handler: 'h',
      type: 'app:user.registered',
    });
    for (const form of [undefined, '', {}, { replay: 'all', handler: ['h', 'i'] }, { delivery: '1' }]) {
      expect(readReplayQuestion(form)).toBeUndefined();
    }
  });
});
