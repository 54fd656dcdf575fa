import { describe, expect, it } from '@jest/globals';
import { compileEmail, type EmailData } from '../../../services/email';

const TEMPLATE = {
  subject: 'For {{ customer.name }}',
  preheader: 'To {{ customer.name }}',
  body: 'Hello {{ customer.name }}\n\n{{ customer.name }}\n\n- **{{ customer.name }}**\n\n[{{ customer.name }}](https://example.com/?n={{ customer.name }} "{{ customer.name }}")',
};

function rendered(
  name: string | null,
  template: Partial<typeof TEMPLATE> = {},
  data: EmailData['data'] = {},
) {
  return compileEmail({ ...TEMPLATE, ...template }).render({
    customer: { email: 'a@example.com', name, firstName: null, lastName: null, tier: null, stage: null },
    data,
    links: { unsubscribe: null, preferences: null },
    sentAt: '2026-03-01T00:00:00Z',
    timeZone: 'UTC',
  });
}

describe('a value', () => {
  const structure = (html: string) => html.match(/<[a-z/][^\s>]*/g);
  const plain = structure(rendered('Mia').html);

  it.each([
    '{{ 7 | times: 7 }}',
    '{% for i in (1..1000000000) %}x{% endfor %}',
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '[x](http://evil.example)',
    '![x](https://evil.example/x.png)',
    '<https://evil.example>',
    '# x',
    '- x',
    '> x',
    '1. x',
    '**x** _y_ `z`',
    '\n\n# x\n\n- y\n\n```\nz',
    '---',
    '&lt;b&gt; &#60;b&#62;',
    '\\',
    ') [x](javascript:alert(1)',
    '\uE000\uE001\uF8FF',
    '$& $1 $`',
    'x'.repeat(1000),
    '👩‍👩‍👧 🎉',
    '{subject}${content}',
  ])('is no markup: %j', (name) => {
    const { html, text } = rendered(name);
    expect(structure(html)).toEqual(plain);
    expect(html.match(/href="([^"]*)"/g)).toHaveLength(1);
    expect(html).toContain('href="https://example.com/?n=');
    expect(text).toMatch(/^Hello\s/);
  });

  it('is seen as it is', () => {
    const name = '{{ 7*7 }} <b> & "c" \\ *d*';
    const { subject, html, text } = rendered(name);
    expect(subject).toBe(`For ${name}`);
    expect(text).toContain(`Hello ${name}\n`);
    expect(html).toContain('<p>Hello {{ 7*7 }} &lt;b&gt; &amp; &quot;c&quot; \\ *d*</p>');
  });

  it('is no header, nor cut within a character', () => {
    expect(rendered('Mia\r\nBcc: evil@example.com\u0000\u2028x\u0085y').subject).toMatch(
      /^For Mia Bcc: evil@[^\p{Cc}\u2028]*$/u,
    );
    for (const name of ['🎉'.repeat(1000), `a${'🎉'.repeat(1000)}`, 'ش'.repeat(1000)]) {
      const { subject } = rendered(name);
      expect(subject.length).toBeLessThanOrEqual(998);
      expect(subject).not.toMatch(/\p{Cs}/u);
    }
  });

  it('does not turn the text around it', () => {
    const { subject, html, text } = rendered('\u202Eשלום\u202C');
    expect(subject).toBe('For \u2068שלום\u2069');
    expect(html).toContain('<p>Hello <bdi>שלום</bdi></p>');
    expect(text).toContain('Hello \u2068שלום\u2069\n');
  });

  it('is no link that a mail program would make of a name', () => {
    const { html, text, subject } = rendered('Win at https://evil.example/now');
    expect(`${html}${text}${subject}`).not.toMatch(/https:\/\/evil|evil\.example/);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    ' JaVaScript:alert(1)',
    '//evil.example',
    'file:///etc/passwd',
    '',
  ])('is no address: %j', (url) => {
    const { html, text } = rendered(
      'Mia',
      { body: 'A [link]({{ data.url }}), [button: B]({{ data.url }})' },
      { url },
    );
    expect(html).not.toContain('href');
    expect(text).toBe('A link,\n');
  });

  it('stays where it stands within an address', () => {
    const body = '[a](https://example.com/x?n={{ data.n }}&m={{ data.n | url_encode }})';
    const href = (n: string) => /href="([^"]*)"/.exec(rendered('Mia', { body }, { n }).html)?.[1];
    expect(href('a&b=c#d/../ü"')).toBe(
      'https://example.com/x?n=a%26b%3Dc%23d%2F..%2F%C3%BC%22&amp;m=a%26b%3Dc%23d%2F..%2F%C3%BC%22',
    );
  });

  it('that was captured or put together is a value still', () => {
    const body =
      '{% capture x %}{{ customer.name }}**b**{% endcapture %}{{ x }} {{ x | size }} {% echo customer.name | append: "*c*" %}';
    expect(rendered('*a*', { body }).text).toBe('*a***b** 8 *a**c*\n');
  });

  it('of an object has no more than its own fields', () => {
    const body =
      '[{{ data.constructor }}{{ data.__proto__ }}{{ data.x.toString }}{{ customer.name.constructor }}{{ data.f }}]';
    expect(rendered('Mia', { body }, { x: {}, f: () => 'called' }).text).toBe('[]\n');
  });
});
