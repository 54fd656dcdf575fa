/** A text of Stripe's without outer blanks; null when nothing is left of it. */
export function trimmed(text: string | null | undefined): string | null {
  return text?.trim() || null;
}

/** An e-mail address as it identifies somebody: trimmed, in lower case. */
export function emailText(text: string | null | undefined): string | null {
  return trimmed(text)?.toLowerCase() ?? null;
}
