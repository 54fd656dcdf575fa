import { describe, expect, it } from '@jest/globals';
import { newestFirst, page } from '../../../sandbox/stripe/pagination';
import { Table } from '../../../sandbox/stripe/table';

const tableOf = (...ids: string[]): Table<{ id: string }> => {
  const table = new Table<{ id: string }>();
  for (const id of ids) table.set(id, { id });
  return table;
};
const idsOf = (entries: Iterable<{ id: string }>): string[] => Array.from(entries, ({ id }) => id);

describe('a table', () => {
  it('is in the order of creation, whatever is changed', () => {
    const table = tableOf('a', 'b', 'c', 'd');
    table.set('b', { id: 'b' });
    table.delete('c');
    table.delete('c');
    table.set('e', { id: 'e' });
    expect([table.size, table.get('c'), table.get('e')]).toEqual([4, undefined, { id: 'e' }]);
    expect(idsOf(table.values())).toEqual(['a', 'b', 'd', 'e']);
    expect(idsOf(table.newestFirst())).toEqual(['e', 'd', 'b', 'a']);
    expect(idsOf(table.newestFirst('d'))).toEqual(['b', 'a']);
    expect(idsOf(table.newerThan('b'))).toEqual(['d', 'e']);
    expect(idsOf([...table.newestFirst('x'), ...table.newerThan('x')])).toEqual([]);
    expect(idsOf(table.newest(2))).toEqual(['e', 'd']);
    expect(table.findNewest(({ id }) => id < 'd')).toEqual({ id: 'b' });
    table.replace([{ id: 'z' }]);
    expect(idsOf(table.newestFirst())).toEqual(['z']);
    table.clear();
    expect([table.size, idsOf(table.newest(3))]).toEqual([0, []]);
  });
});

describe('a page', () => {
  it('is made without a look at what comes after it', () => {
    const source = newestFirst(tableOf(...Array.from({ length: 10_000 }, (_, number) => `sub_${number}`)));
    const seen: string[] = [];
    const shown = page(
      source,
      { limit: '100', starting_after: 'sub_5000' },
      {
        url: '/v1/subscriptions',
        kind: 'subscription',
        toObject: ({ id }) => id,
        isWanted: ({ id }) => seen.push(id) > 0,
      },
    );
    expect([shown.data[0], shown.data.length, shown.has_more]).toEqual(['sub_4999', 100, true]);
    expect(seen).toHaveLength(101);
  });
});
