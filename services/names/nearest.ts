/** The names that come nearest to one that does not exist, nearest first. Upper and lower case do not matter. */
export function nearestNames(names: readonly string[], wanted: string, atMost: number): string[] {
  return names
    .map((name) => ({ name, distance: editDistance(name.toLowerCase(), wanted.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, atMost)
    .map(({ name }) => name);
}

/** How many letters have to be added, left out or replaced (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  [...from].forEach((letter, line) => {
    const next = [line + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const [left = 0, above = 0, diagonal = 0] = [next[column - 1], row[column], row[column - 1]];
      next.push(Math.min(left + 1, above + 1, diagonal + (to[column - 1] === letter ? 0 : 1)));
    }
    row = next;
  });
  return row.at(-1) ?? 0;
}
