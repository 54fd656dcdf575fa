import { describe, expect, it } from '@jest/globals';
import {
  compileEmail,
  invalidLinkPage,
  preferencesPage,
  readPreferencesForm,
  type PreferencesShown,
} from '../../../services/email';

const EVIL = '"><script>alert(1)</script>';
const token = '1.abc';
const ada: PreferencesShown = {
  email: 'ada@example.com',
  wantsMarketing: null,
  topics: [
    { topic: 'Offers', wanted: false },
    { topic: EVIL, wanted: true },
  ],
};
const fieldsOf = (html: string) => [...html.matchAll(/name="(do|topics)" value="([^"]*)"( checked)?/g)];
const buttonsOf = (html: string) => fieldsOf(html).flatMap(([, name, value]) => (name === 'do' ? value : []));

describe('the page of e-mail preferences', () => {
  it('offers the topics as they are chosen, escaped, and to unsubscribe', () => {
    const { status, html } = preferencesPage(ada, { token });
    expect(status).toBe(200);
    expect(html).not.toContain('<script');
    expect(html).toContain('value="Offers">');
    expect(html).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;" checked>');
    expect(buttonsOf(html)).toEqual(['save', 'unsubscribe']);
  });

  it('hides most of the address, whatever it is', () => {
    const shown = ['ada@example.com', '😀da@example.com', 'x', '"a<b"@example.com'].map(
      (email) => /<bdi>(.*?)<\/bdi>/.exec(preferencesPage({ ...ada, email }, { token }).html)?.[1],
    );
    expect(shown).toEqual(['a•••@example.com', '😀•••@example.com', '•••', '&quot;•••@example.com']);
  });

  it.each([
    [false, false, ['subscribe']],
    [false, true, ['confirm']],
    [null, true, ['confirm']],
    [true, true, ['save', 'unsubscribe']],
  ])('wanted: %p, asked to confirm: %p: has the buttons %p', (wantsMarketing, asksToConfirm, buttons) => {
    const { html } = preferencesPage({ ...ada, wantsMarketing }, { token, asksToConfirm });
    expect(buttonsOf(html)).toEqual(buttons);
  });

  it('has no box without topics', () => {
    expect(buttonsOf(preferencesPage({ ...ada, topics: [] }, { token }).html)).toEqual(['unsubscribe']);
  });

  it('escapes what came as a token', () => {
    expect(preferencesPage(ada, { token: EVIL }).html).not.toContain('<script');
  });

  it('tells when nothing was understood, and nothing of a link that is not ours', () => {
    expect(preferencesPage(ada, { token, pressed: null }).status).toBe(400);
    expect(invalidLinkPage().status).toBe(404);
    expect(buttonsOf(invalidLinkPage().html)).toEqual([]);
  });
});

describe('the form of the page', () => {
  it.each([
    [{ 'List-Unsubscribe': 'One-Click' }, { button: 'unsubscribe', wantsMarketing: false }],
    [
      { 'List-Unsubscribe': 'One-Click', do: 'subscribe' },
      { button: 'unsubscribe', wantsMarketing: false },
    ],
    [
      { do: 'unsubscribe', topics: 'A' },
      { button: 'unsubscribe', wantsMarketing: false },
    ],
    [{ do: 'save' }, { button: 'save', topics: [] }],
    [
      { do: 'save', topics: 'A' },
      { button: 'save', topics: ['A'] },
    ],
    [
      { do: 'save', topics: ['A', { b: 1 }, null, 'B'] },
      { button: 'save', topics: ['A', 'B'] },
    ],
    [
      { do: ['subscribe', 'save'], topics: 'A' },
      { button: 'subscribe', wantsMarketing: true, topics: ['A'] },
    ],
    [
      { do: 'confirm', topics: 'A' },
      { button: 'confirm', wantsMarketing: true },
    ],
  ])('reads %j', (body, expected) => {
    expect(readPreferencesForm(body)).toEqual(expected);
  });

  it.each([undefined, null, '', 'do=save', [], {}, { do: 'toString' }, { do: {} }, { topics: 'A' }])(
    'reads nothing out of %j',
    (body) => {
      expect(readPreferencesForm(body)).toBeUndefined();
    },
  );
});

describe('a link to the page in a mail', () => {
  it('can ask to confirm', () => {
    const preferences = 'https://n8n.example.com/webhook/email-preferences?token=1.abc';
    const { html, text } = compileEmail({
      subject: 'Please confirm',
      preheader: '',
      body: '[button: Yes]({{ links.preferences }}&confirm=1)',
    }).render({
      customer: {
        email: 'a@example.com',
        name: null,
        firstName: null,
        lastName: null,
        tier: null,
        stage: null,
      },
      data: {},
      links: { unsubscribe: null, preferences },
      sentAt: '2026-01-01T00:00:00Z',
      timeZone: 'UTC',
    });
    expect(html).toContain(`href="${preferences}&amp;confirm=1"`);
    expect(text).toContain(`${preferences}&confirm=1`);
  });
});
