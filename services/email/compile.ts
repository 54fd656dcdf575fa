import { Liquid, LiquidError } from 'liquidjs';
import MarkdownIt from 'markdown-it';
import type { CompiledEmail, EmailData, EmailTemplate, TemplatePart } from './email';
import { TemplateError } from './template-error';

const liquid = new Liquid({ outputEscape: 'escape', strictFilters: true, ownPropertyOnly: true });
const markdown = new MarkdownIt({ html: false, linkify: false, breaks: true });

/** Throws `TemplateError`. */
export function compileEmail(template: EmailTemplate): CompiledEmail {
  const parts = (['subject', 'preheader', 'body'] as const).map((part) =>
    attempt(part, () => liquid.parse(template[part])),
  );
  return {
    render: ({ customer, data, links, sentAt: now }: EmailData) => {
      const [subject = '', preheader = '', body = ''] = parts.map((part) =>
        String(liquid.renderSync(part, { customer, data, links, now })),
      );
      return { subject, html: `<p hidden>${preheader}</p>${markdown.render(body)}`, text: body };
    },
  };
}

function attempt<Result>(part: TemplatePart, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    throw new TemplateError(part, 1, error.message);
  }
}
