import { z } from 'zod/v4';

const ruleSchema = z.strictObject({
  /** Only calls with this method; default any. */
  method: z.string().toUpperCase().optional(),
  /** Regular expression searched for in the path below the double's address; default any path. */
  path: z.string().refine(isRegularExpression, 'must be a regular expression').optional(),
  /** How many calls it applies to before it is gone; default all. */
  times: z.int().positive().optional(),
  /** Waits this long before anything else, on top of the general latency. */
  latencyMs: z.number().min(0).max(600_000).optional(),
  /** Having acted, keeps the answer back for this long. */
  holdMs: z.number().min(0).max(600_000).optional(),
  /** Answers with this status instead of acting. */
  status: z.int().min(100).max(599).optional(),
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** Cuts the connection without an answer: `before` acting, or `after` having acted. */
  drop: z.enum(['before', 'after']).optional(),
});

export const faultRulesSchema = z.strictObject({ rules: z.array(ruleSchema) });

/** One way of failing: which calls, how many of them, and what happens instead of the normal answer. */
export type FaultRule = z.infer<typeof ruleSchema>;

/** What the doubles have been told to do wrong, per double; the first matching rule applies. */
export class Faults {
  private readonly rules = new Map<string, FaultRule[]>();

  set(double: string, rules: readonly FaultRule[]): void {
    if (rules.length === 0) this.rules.delete(double);
    else this.rules.set(double, [...rules]);
  }

  clear(): void {
    this.rules.clear();
  }

  of(double: string): readonly FaultRule[] {
    return this.rules.get(double) ?? [];
  }

  /** The rule for a call, counted as used. */
  take(double: string, method: string, path: string): FaultRule | undefined {
    const rules = this.rules.get(double);
    const index = rules?.findIndex((rule) => matches(rule, method, path)) ?? -1;
    const rule = rules?.[index];
    if (!rules || !rule) return undefined;
    if (rule.times === undefined) return rule;
    if (rule.times > 1) rules[index] = { ...rule, times: rule.times - 1 };
    else this.set(double, rules.toSpliced(index, 1));
    return rule;
  }
}

function matches(rule: FaultRule, method: string, path: string): boolean {
  return (
    (rule.method === undefined || rule.method === method) &&
    (rule.path === undefined || new RegExp(rule.path).test(path))
  );
}

function isRegularExpression(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}
