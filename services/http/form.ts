/** Values of an `application/x-www-form-urlencoded` body; a list repeats its key. */
export type Form = Readonly<Record<string, string | readonly string[]>>;

/** The text of such a body. */
export function encodeForm(form: Form): string {
  const fields = Object.entries(form).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, value]),
  );
  return new URLSearchParams(fields).toString();
}
