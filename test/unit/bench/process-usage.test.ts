import { describe, expect, it } from '@jest/globals';
import { cpuTimeIn, residentMemoryIn } from '../../../bench/process-usage';

describe('what /proc tells of a process', () => {
  it('is its CPU time, whatever its command is called', () => {
    const stat =
      '4711 (node) S 9 (x) S 1 4711 4711 0 -1 4194560 300 0 0 0 125 75 0 0 20 0 11 0 900 1000 200 18446744073709551615';
    expect(cpuTimeIn(stat)).toBe(2000);
  });

  it('is an error when it has another form', () => {
    expect(() => cpuTimeIn('4711 (node) S 1')).toThrow(/unknown form/);
    expect(() => residentMemoryIn('Name:\tnode\n')).toThrow(/VmRSS/);
  });

  it('is its resident memory in MiB', () => {
    expect(residentMemoryIn('Name:\tnode\nVmHWM:\t  999999 kB\nVmRSS:\t  524288 kB\nThreads:\t11\n')).toBe(
      512,
    );
  });
});
