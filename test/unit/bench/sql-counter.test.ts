import { describe, expect, it } from '@jest/globals';
import { NO_STATEMENTS, difference, kindOf, sum } from '../../../bench/sql-counter';

describe('a statement', () => {
  it.each([
    ['begin', 'transaction'],
    ['commit', 'transaction'],
    ['\n  insert into lifecycle.subscription as subscription (source) select', 'subscriptionUpsert'],
    ['insert into lifecycle.customer (email)\n select email', 'customerLock'],
    ['update lifecycle.customer\n set name = given.name', 'customerUpdate'],
    ['select id from lifecycle.customer where id = any ($1)\n order by email for update', 'customerLock'],
    ['insert into lifecycle.customer_event (customer_id) select', undefined],
    ['select id from lifecycle.customer where email = any ($1)', undefined],
    ['select id from lifecycle.delivery for update skip locked', undefined],
  ])('is known by what it does: %j', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
});

describe('counts of statements', () => {
  const before = { ...NO_STATEMENTS, all: 3, transaction: 2 };
  const after = { ...NO_STATEMENTS, all: 8, transaction: 4, customerLock: 1 };

  it('are subtracted kind by kind', () => {
    expect(difference(after, before)).toEqual({ ...NO_STATEMENTS, all: 5, transaction: 2, customerLock: 1 });
  });

  it('are added kind by kind', () => {
    expect(sum([before, after])).toEqual({ ...NO_STATEMENTS, all: 11, transaction: 6, customerLock: 1 });
    expect(sum([])).toEqual(NO_STATEMENTS);
  });
});
