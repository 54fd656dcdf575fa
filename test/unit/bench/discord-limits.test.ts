import { describe, expect, it } from '@jest/globals';
import { shortestTime } from '../../../bench/discord-limits';

const SETTINGS = { inviteLimit: 5, inviteWindowMs: 2_000, globalLimit: 50 };

describe('the least time that so many invites take', () => {
  it.each([
    ['nothing when they fit into the first window', [5, 5], 0],
    ['one window more when one is left over', [6, 5], 2_000],
    ['as long as the fuller channel takes', [50, 20], 18_000],
    ['nothing for none', [0, 0], 0],
  ])('is %s', (_case, perChannel, expected) => {
    expect(shortestTime(perChannel, SETTINGS)).toBe(expected);
  });

  it('is set by the limit over all requests where that is the tighter one', () => {
    expect(shortestTime([40, 40, 40], { ...SETTINGS, inviteLimit: 100 })).toBe(2_000);
  });
});
