import { describe, expect, it } from '@jest/globals';
import { compileEmail, TemplateError, type EmailTemplate } from '../../../services/email';

const DATA = {
  customer: { email: 'a@example.com', name: 'Mia', firstName: null, lastName: null, tier: null, stage: null },
  data: { list: Array.from({ length: 3000 }, (_, index) => index) },
  links: { unsubscribe: null, preferences: null },
  sentAt: '2026-03-01T00:00:00Z',
  timeZone: 'UTC',
};

function errorOf(work: () => unknown): TemplateError {
  try {
    work();
  } catch (error) {
    if (error instanceof TemplateError) return error;
    throw error;
  }
  throw new Error('no error');
}

const compile = (template: Partial<EmailTemplate>) =>
  compileEmail({ subject: 'Subject', preheader: '', body: '', ...template });

describe('a template that is wrong', () => {
  it.each([
    [
      'body',
      2,
      'a\n{{ customer.fristName }}',
      'there is no "customer.fristName"; the nearest is "customer.firstName"',
    ],
    ['subject', 1, '{{ custmer.name }}', 'there is no "custmer"; the nearest is "customer"'],
    [
      'body',
      1,
      '{{ links.unsubscribed }}',
      'there is no "links.unsubscribed"; the nearest is "links.unsubscribe"',
    ],
    ['preheader', 1, '{{ customer.name | upcse }}', 'there is no filter "upcse"; the nearest is "upcase"'],
    ['body', 1, '{{ customer.name | raw }}', 'there is no filter "raw"'],
    ['body', 3, 'a\n\n{% fro x in y %}', 'there is no tag "fro"; the nearest is "for"'],
    ['body', 1, '{% cycle "a", "b" %}', 'there is no tag "cycle"'],
    ['body', 1, '{% include "/etc/passwd" %}', 'there is no tag "include"'],
    ['body', 1, '{% render "x" %}', 'there is no tag "render"'],
    ['body', 1, '{% layout "x" %}', 'there is no tag "layout"'],
    ['body', 1, '{% if customer.name %}', 'not closed'],
    ['body', 2, '\n{{ customer.name', 'not closed'],
    ['body', 4, 'a\n\nb\n[x](javascript:alert)', 'the link "javascript:alert" does not begin with'],
    [
      'body',
      2,
      '{% if customer.tier %}\n[x](/account){% endif %}',
      'the link "/account" does not begin with',
    ],
    [
      'body',
      1,
      '![x](http://example.com/x.png)',
      'the image "http://example.com/x.png" does not begin with https://',
    ],
    ['body', 1, '[x](https://{{ data.shop }}.example)', 'a value cannot be a part of the host'],
    ['body', 1, 'x'.repeat(50_001), 'more than 50000 characters'],
    ['subject', 1, 'x\uE000', 'looks different on every device'],
    ['body', 1, '{% if true %}'.repeat(3800), 'n'],
  ] as const)('is told of while it is compiled: %s, line %d, %j', (part, line, source, reason) => {
    const error = errorOf(() => compile({ [part]: source }));
    expect(error).toMatchObject({ part, line });
    expect(error.message).toContain(`The e-mail's ${part}, line ${line}: `);
    expect(error.message).toContain(reason);
  });

  it.each([
    ['{% for i in (1..1000000000) %}x{% endfor %}'],
    ['{% for i in (1..9000) %}{% for j in (1..9000) %}{% endfor %}{% endfor %}'],
    [
      '{% for a in data.list %}{% for b in data.list %}{% for c in data.list %}{% endfor %}{% endfor %}{% endfor %}',
    ],
    ['{% assign x = "aaaaaaaa" %}{% for i in (1..100) %}{% assign x = x | append: x %}{% endfor %}'],
    ['{% assign x = "a" %}{% for i in (1..100) %}{% capture x %}{{ x }}{{ x }}{% endcapture %}{% endfor %}'],
    [
      '{% assign x = "a" %}{% for i in (1..100) %}{% assign x = x | replace: "a", "aaaaaaaaaa" %}{% endfor %}',
    ],
    [`{% for i in (1..40000) %}${'y'.repeat(40_000)}{% endfor %}`],
    ['{% for i in (1..7000) %}{{ i }}{% endfor %}'],
    ['{% for i in (1..9000) %}{% assign x = data.list | sort | reverse | join: "," %}{% endfor %}'],
    ['{{ customer }}'],
    ['{{ now | date: "%Q" }}'],
  ])('ends before it takes long: %j', (body) => {
    const started = performance.now();
    expect(errorOf(() => compile({ body }).render(DATA))).toMatchObject({ part: 'body', line: 1 });
    expect(performance.now() - started).toBeLessThan(900);
  });

  it('cannot have an empty subject', () => {
    const error = errorOf(() => compile({ subject: '{{ customer.firstName }}' }).render(DATA));
    expect(error.message).toBe("The e-mail's subject, line 1: it is empty");
  });

  it('can name further fields of customers when it is told of them', () => {
    const template = { subject: 'In {{ customer.city }}', preheader: '', body: '' };
    expect(errorOf(() => compileEmail(template)).message).toContain('there is no "customer.city"');
    const data = { ...DATA, customer: { ...DATA.customer, city: 'Bonn' } };
    expect(compileEmail(template, ['city']).render(data).subject).toBe('In Bonn');
  });
});
