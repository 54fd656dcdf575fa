/** Faults that give a test the time to kill n8n while it waits for an answer, as `campaign.fail` takes them. */

/** The call was acted on; its answer is held back for longer than the test needs. */
export const HELD = { holdMs: 20_000, times: 1 };
/** The call has reached the system, which has not acted yet and never will. */
export const BEFORE = { latencyMs: 20_000, drop: 'before', times: 1 };
