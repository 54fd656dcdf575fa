import type { Customers, EventSource } from '../../../store';
import type { Said } from './said';

/** What one event says, and who sent it. */
export interface SaidBy {
  source: EventSource;
  said: Said;
}

/**
 * Finds out about whom events speak that name nobody, such as the end of a subscription whose customer was deleted at
 * the provider: about the customer who had the plan before. Where nobody had, they stay as they are.
 */
export async function withOwners<Heard extends SaidBy>(
  customers: Pick<Customers, 'emailsBySubject'>,
  heard: ReadonlyArray<Heard | Error>,
): Promise<Array<Heard | Error>> {
  const bySource = new Map<EventSource, string[]>();
  for (const each of heard) {
    if (each instanceof Error || !each.said.nameless) continue;
    const { source } = each;
    bySource.set(source, [...(bySource.get(source) ?? []), each.said.nameless.subject]);
  }
  const emails = new Map<EventSource, ReadonlyMap<string, string>>();
  for (const [source, subjects] of bySource) {
    emails.set(source, await customers.emailsBySubject(source, subjects));
  }
  return heard.map((each) => {
    if (each instanceof Error || !each.said.nameless) return each;
    const { subject, ...nameless } = each.said.nameless;
    const email = emails.get(each.source)?.get(subject);
    if (email === undefined) return each;
    return { ...each, said: { ...each.said, facts: { ...each.said.facts, ...nameless, email } } };
  });
}
