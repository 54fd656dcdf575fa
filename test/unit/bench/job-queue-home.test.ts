import { describe, expect, it } from '@jest/globals';
import { isNewEnough } from '../../../bench/job-queue-home';

describe('the Node.js for the job queue', () => {
  it.each([
    ['20.20.2', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['24.0.1', true],
  ])('may be %s: %s', (version, isFine) => {
    expect(isNewEnough(version)).toBe(isFine);
  });
});
