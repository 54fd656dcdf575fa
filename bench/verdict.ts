/** What a piece of work has come to: `wrong` is done once, but not as it should be. */
export type Judgement = 'right' | 'lost' | 'doubled' | 'wrong';

export interface Verdict {
  total: number;
  right: number;
  lost: number;
  doubled: number;
}

export function verdictOf(judgements: readonly Judgement[]): Verdict {
  const count = (wanted: Judgement): number => judgements.filter((judgement) => judgement === wanted).length;
  return {
    total: judgements.length,
    right: count('right'),
    lost: count('lost'),
    doubled: count('doubled'),
  };
}

export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
