import { describe, expect, it } from '@jest/globals';
import { compileEmail, type EmailData, type EmailTemplate } from '../../../services/email';

const CUSTOMER: EmailData['customer'] = {
  email: 'mia@example.com',
  name: 'Mia Müller',
  firstName: 'Mia',
  lastName: 'Müller',
  tier: 'pro',
  stage: 'active',
};

interface Given {
  customer?: Partial<EmailData['customer']>;
  data?: EmailData['data'];
  links?: EmailData['links'];
  timeZone?: string;
}

function rendered(template: Partial<EmailTemplate> | string, given: Given = {}) {
  const parts = typeof template === 'string' ? { body: template } : template;
  const mail = compileEmail({ subject: 'Subject', preheader: 'Preheader', body: 'Body', ...parts }).render({
    customer: { ...CUSTOMER, ...given.customer },
    data: given.data ?? {},
    links: given.links ?? { unsubscribe: null, preferences: null },
    sentAt: '2026-03-01T23:30:00Z',
    timeZone: given.timeZone ?? 'Europe/Berlin',
  });
  const card = /<td class="card"[^>]*>\n([^]*?)\n<\/td>/.exec(mail.html)?.[1];
  return { ...mail, card };
}

describe('a mail', () => {
  it('is Liquid, then Markdown, as HTML and as plain text', () => {
    const { card, text } = rendered(
      '# Hello {{ customer.firstName }}\n\nLine **one**\nline two\n\n- a\n- b [c](https://example.com/?d=1&e=2)\n\n3. x\n\n> said',
    );
    expect(card).toBe(
      '<h1>Hello Mia</h1>\n<p>Line <strong>one</strong><br>\nline two</p>\n<ul>\n<li>a</li>\n' +
        '<li>b <a href="https://example.com/?d=1&amp;e=2">c</a></li>\n</ul>\n' +
        '<ol start="3">\n<li>x</li>\n</ol>\n<blockquote>\n<p>said</p>\n</blockquote>',
    );
    expect(text).toBe(
      'Hello Mia\n\nLine one\nline two\n\n- a\n- b c (https://example.com/?d=1&e=2)\n\n3. x\n\n> said\n',
    );
  });

  it('is the same, byte by byte, for the same data', () => {
    const body = 'Now {{ now | date: "%Y-%m-%d %H:%M" }}, {{ "now" | date }}';
    expect(rendered(body)).toEqual(rendered(body));
    expect(rendered(body).text).toBe('Now 2026-03-02 00:30, 2 March 2026\n');
  });

  it.each([null, '', ' \n '])('takes a name of %j for a missing one', (firstName) => {
    const body = 'Hi {{ customer.firstName | default: "there" }}{% if customer.firstName %}!{% endif %}';
    expect(rendered(body, { customer: { firstName } }).text).toBe('Hi there\n');
  });

  it('writes dates in the time zone, and in UTC when there is none such', () => {
    const given = { data: { at: '2026-03-29T00:30:00Z', day: '2026-03-05', none: 'soon' } };
    const body =
      '{{ data.at | date: "%-d %B %H:%M" }}, {{ data.day | date: "%A" }}, [{{ data.none | date }}]';
    expect(rendered(body, given).text).toBe('29 March 01:30, Thursday, []\n');
    expect(rendered(body, { ...given, timeZone: 'Mars/Base' }).text).toBe('29 March 00:30, Thursday, []\n');
  });

  it.each([
    [1_900, 'eur', '€19.00'],
    [1_900, 'jpy', '¥1,900'],
    [1_900, 'KWD', 'KWD 1.900'],
    ['1900', 'usd', '$19.00'],
    [null, 'eur', ''],
    ['much', 'eur', ''],
    [1_900, 'euros', ''],
    [1_900, null, ''],
  ])('writes the amount %j in %j as %j', (amount, currency, written) => {
    const subject = 'To pay: {{ data.amount | money: data.currency }}';
    expect(rendered({ subject }, { data: { amount, currency } }).subject).toBe(`To pay: ${written}`.trim());
  });

  it('has buttons, which are left out when there is nothing to link to', () => {
    const body = 'Hello\n\n[button: Pay {{ data.amount }}]({{ data.url }})';
    const { card, text } = rendered(body, { data: { amount: '€5', url: 'https://pay.example/1?a="b' } });
    expect(card).toContain('<p><a class="button" href="https://pay.example/1?a=%22b">Pay €5</a></p>');
    expect(text).toBe('Hello\n\nPay €5: https://pay.example/1?a=%22b\n');
    expect(rendered(body)).toMatchObject({ card: '<p>Hello</p>', text: 'Hello\n' });
  });

  it('names the links out of it in both parts, where they are given', () => {
    const links = { unsubscribe: 'https://n8n.example/u?a=1&b=2', preferences: 'https://n8n.example/p' };
    const { html, text } = rendered('Body', { links });
    expect(html).toContain('<a href="https://n8n.example/u?a=1&amp;b=2">Unsubscribe</a>');
    expect(text).toBe(
      `Body\n\n--\nE-mail preferences: ${links.preferences}\nUnsubscribe: ${links.unsubscribe}\n`,
    );
    expect(rendered('Body').html).not.toContain('Unsubscribe');
  });

  it('wraps the plain text, but no address', () => {
    const url = `https://example.com/${'a'.repeat(100)}`;
    const { text } = rendered(`- ${'word '.repeat(40)}[go](${url})`);
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((line) => !line.includes(url)).every((line) => line.length <= 76)).toBe(true);
    expect(lines.slice(1).every((line) => line.startsWith('  '))).toBe(true);
    expect(text).toContain(`(${url})`);
  });

  it('has its language, and the direction of what is written', () => {
    expect(rendered('Hello').html).toContain('<html lang="en">');
    expect(rendered({ body: 'שלום {{ customer.name }}', language: 'he' }).html).toContain(
      '<html lang="he" dir="rtl">',
    );
  });

  it('hides the preheader', () => {
    const { html } = rendered({ preheader: 'For {{ customer.firstName }} & co' });
    expect(html).toMatch(/<div class="preheader" style="display:none[^"]*">For Mia &amp; co<\/div>/);
  });
});
