import { Client } from 'pg';

/** One statement that was sent, and how long its answer took. */
export interface TimedStatement {
  text: string;
  values: readonly unknown[];
  milliseconds: number;
}

/** Notes every statement of pg's clients in this process from now on, in the order of their answers. */
export function timeStatements(): TimedStatement[] {
  const timed: TimedStatement[] = [];
  const prototype = Client.prototype as unknown as { query: (...given: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...given) {
    const startedAt = performance.now();
    const [text, values] = given;
    const note = (): void => {
      if (typeof text !== 'string') return;
      const milliseconds = performance.now() - startedAt;
      timed.push({ text, values: Array.isArray(values) ? values : [], milliseconds });
    };
    // The pool passes a function to be called, a client by itself is awaited.
    const done = given.at(-1);
    const isCalledBack = typeof done === 'function';
    const passed = isCalledBack ? [...given.slice(0, -1), calling(done as Callback, note)] : given;
    const answer: unknown = Reflect.apply(query, this, passed);
    if (answer instanceof Promise) answer.then(note, () => undefined);
    return answer;
  };
  return timed;
}

type Callback = (...given: unknown[]) => unknown;

function calling(done: Callback, first: () => void): Callback {
  return (...given) => {
    first();
    return done(...given);
  };
}
