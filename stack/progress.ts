/** Tells whoever watches a start how far it is. */
export interface Progress {
  /**
   * Runs `work` as a named step; steps may overlap. `note` adds to the step's line while it runs, and what it said
   * last stays when the step is done.
   */
  step<T>(title: string, work: (note: (text: string) => void) => Promise<T>): Promise<T>;
  /** Something worth knowing that is no step. */
  say(text: string): void;
}

/** For tests and benchmarks: says nothing. */
export const SILENT: Progress = {
  step: (_title, work) => work(() => undefined),
  say: () => undefined,
};
