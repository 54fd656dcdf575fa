import { faultOf, type AddressKind } from './address';
import type { MarkdownToken } from './markdown';
import { imagePiece, join, linkPiece, textPiece, type Inline } from './piece';

/** How the text of a link begins that is shown as a button. */
const BUTTON = /^button:\s*/i;
const TAGS: Readonly<Record<string, string>> = {
  strong_open: '<strong>',
  strong_close: '</strong>',
  em_open: '<em>',
  em_close: '</em>',
  s_open: '<s>',
  s_close: '</s>',
};

/** A link or an image that leads nowhere that a mail may lead to. */
export class AddressFault extends Error {
  constructor(
    readonly address: string,
    message: string,
  ) {
    super(message);
  }
}

/** What stands on the lines of a block. Throws `AddressFault`. */
export function readInline(tokens: readonly MarkdownToken[]): Inline {
  const pieces: Inline[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token?.type === 'link_open') {
      const end = tokens.findIndex(({ type }, at) => at > index && type === 'link_close');
      pieces.push(readLink(token, tokens.slice(index + 1, end)));
      index = end;
    } else if (token) {
      pieces.push(readToken(token));
    }
  }
  return { html: join(pieces.map(({ html }) => html)), text: join(pieces.map(({ text }) => text)) };
}

function readLink(link: MarkdownToken, content: readonly MarkdownToken[]): Inline {
  const address = checkedAddress(link, 'href', 'link');
  const [first, ...others] = content;
  if (first?.type !== 'text' || !BUTTON.test(first.content))
    return linkPiece(address, readInline(content), false);
  const label = textPiece(first.content.replace(BUTTON, ''));
  const rest = readInline(others);
  const inline = { html: join([label.html, rest.html]), text: join([label.text, rest.text]) };
  return linkPiece(address, inline, true);
}

function readToken(token: MarkdownToken): Inline {
  const { type, content } = token;
  if (type === 'softbreak' || type === 'hardbreak') return { html: '<br>\n', text: '\n' };
  if (type === 'image') return imagePiece(checkedAddress(token, 'src', 'image'), content);
  if (type === 'code_inline') {
    const { html, text } = textPiece(content);
    return { html: join(['<code>', html, '</code>']), text };
  }
  const tag = Object.hasOwn(TAGS, type) ? TAGS[type] : undefined;
  return tag === undefined ? textPiece(content) : { html: tag, text: '' };
}

function checkedAddress(token: MarkdownToken, attribute: string, kind: AddressKind): string {
  const address = String(token.attrGet(attribute) ?? '');
  const fault = faultOf(address, kind);
  if (fault !== undefined) throw new AddressFault(address, fault);
  return address;
}
