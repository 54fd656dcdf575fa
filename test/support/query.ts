/** A query with each array as a repeated key, brackets in names kept: what n8n sends for `arrayFormat: 'repeat'`. */
export function repeatedKeys(parameters: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) query.append(name, String(one));
  }
  return query.toString();
}
