import MarkdownIt from 'markdown-it';

/**
 * No HTML, and links only where they are written as such. A line break is one in the mail, too, and indented text is no
 * code: marketers write both without thinking of Markdown.
 */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false, breaks: true }).disable([
  'code',
  'lheading',
  'table',
]);
// Addresses are checked where they are used, once their values are known.
markdown.validateLink = () => true;
markdown.normalizeLink = (address) => address;
markdown.normalizeLinkText = (address) => address;

export type MarkdownToken = ReturnType<typeof markdown.parse>[number];

export function readMarkdown(text: string): MarkdownToken[] {
  return markdown.parse(text, {});
}
