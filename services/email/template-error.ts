import type { TemplatePart } from './email';

/** A template that no mail can be made of. The message names part, line and cause. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';

  constructor(
    readonly part: TemplatePart,
    /** Within the part, from 1. */
    readonly line: number,
    /** A sentence. */
    readonly reason: string,
  ) {
    super(`The e-mail's ${part}, line ${line}: ${reason}`);
  }
}
