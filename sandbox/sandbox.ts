import type { Double } from './double';
import type { Faults } from './faults';
import type { Live } from './live';
import type { RequestLog } from './request-log';

/** Everything a running sandbox holds; the server, the control API and the page work on it. */
export interface Sandbox {
  readonly doubles: ReadonlyMap<string, Double>;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly live: Live;
  /** Every call to a double waits this long first, in milliseconds. */
  latencyMs: number;
}
