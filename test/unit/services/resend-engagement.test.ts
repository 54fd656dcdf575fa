import { describe, expect, it } from '@jest/globals';
import { providers } from '../../../services/intake';
import { readEngagement } from '../../../services/resend/engagement';

const HAPPENED = '2026-03-01T12:05:00.000Z';

/** As Resend sends it; the time in `data` is when the e-mail was written. */
function payload(details: object = {}, over: object = {}): object {
  return {
    type: 'ignored: the event has its type beside it',
    created_at: HAPPENED,
    data: {
      created_at: '2026-03-01T11:00:00.894719+00:00',
      email_id: 'e-1',
      from: 'Acme <hello@example.com>',
      to: ['ada@example.com'],
      subject: 'Welcome',
      ...details,
    },
    ...over,
  };
}

function bounce(type: string, subType: string): object {
  const message = 'The mailbox is not there.';
  return payload({ bounce: { type, subType, message, diagnosticCode: ['smtp; 550 5.1.1', 'no user'] } });
}

describe('an event of Resend', () => {
  it.each([
    ['email.sent', 'sent'],
    ['email.delivery_delayed', 'delayed'],
    ['email.delivered', 'delivered'],
    ['email.opened', 'opened'],
    ['email.clicked', 'clicked'],
    ['email.failed', 'failed'],
    ['email.suppressed', 'suppressed'],
    ['email.bounced', 'bounced'],
    ['email.complained', 'complained'],
  ])('%s says that it was %s, when and to whom', (type, kind) => {
    expect(readEngagement(type, payload())).toEqual({
      emailId: 'e-1',
      messageId: null,
      kind,
      at: new Date(HAPPENED),
      recipients: ['ada@example.com'],
      permanent: false,
      detail: null,
      link: null,
    });
  });

  it.each(['email.scheduled', 'email.received', 'contact.created', 'constructor', ''])(
    '%s is no engagement',
    (type) => {
      expect(readEngagement(type, payload())).toBeUndefined();
    },
  );

  it('can be read from every sample that a workflow is tried with', () => {
    const resend = providers.find(({ source }) => source === 'resend');
    const engagements = (resend?.eventTypes ?? [])
      .filter(({ type }) => type !== 'email.scheduled')
      .map(({ type, sample }) => readEngagement(type, sample));
    expect(engagements).toHaveLength(9);
    expect(engagements).not.toContain(undefined);
  });

  it.each([
    ['Permanent', 'NoEmail', true],
    ['Permanent', 'General', true],
    ['Transient', 'MailboxFull', false],
    ['Undetermined', 'Undetermined', false],
    ['SomethingNew', 'General', false],
  ])('of a bounce of the type %s, %s, is for good: %s', (type, subType, permanent) => {
    expect(readEngagement('email.bounced', bounce(type, subType))).toMatchObject({
      permanent,
      detail: `${type}, ${subType}: The mailbox is not there. (smtp; 550 5.1.1; no user)`,
    });
  });

  it.each([
    ['previous_bounce', true],
    ['previous_complaint', true],
    [undefined, false],
  ])('of what was suppressed for the reason %s is for good: %s', (reason, permanent) => {
    const suppressed = { type: 'Suppressed', reason, message: 'Not sent.' };
    expect(readEngagement('email.suppressed', payload({ suppressed }))).toMatchObject({
      permanent,
      detail: reason === undefined ? 'Not sent.' : `${reason}: Not sent.`,
    });
  });

  it('tells why sending failed', () => {
    const failed = { reason: 'reached_daily_quota' };
    expect(readEngagement('email.failed', payload({ failed }))).toMatchObject({
      detail: 'reached_daily_quota',
    });
  });

  it.each([
    [{ sequence: 'welcome', message: '47' }, '47'],
    [{ sequence: 'welcome' }, null],
    [{ message: 47 }, null],
    ['message', null],
  ])('of a mail with the tags %j is about our own %s', (tags, messageId) => {
    expect(readEngagement('email.opened', payload({ tags }))).toMatchObject({ messageId });
  });

  it('of a click tells what was clicked, and when that was', () => {
    const click = { link: 'https://example.com/a?b=1', timestamp: '2026-03-01T12:04:59.500Z' };
    expect(readEngagement('email.clicked', payload({ click }))).toMatchObject({
      link: 'https://example.com/a?b=1',
      at: new Date('2026-03-01T12:04:59.500Z'),
    });
    // A leftover of an earlier click says nothing about another event.
    expect(readEngagement('email.opened', payload({ click }))).toMatchObject({
      link: null,
      at: new Date(HAPPENED),
    });
  });

  it('names all that it is about, each once, without names and in lower case', () => {
    const to = ['Ada Lovelace <Ada@Example.com>', ' ada@example.com', '"B, C" <bc@example.com> '];
    expect(readEngagement('email.bounced', payload({ to }))).toMatchObject({
      recipients: ['ada@example.com', 'bc@example.com'],
    });
  });

  it.each([
    ['one address instead of a list', { to: 'ada@example.com' }, { recipients: ['ada@example.com'] }],
    ['no recipients', { to: undefined }, { recipients: [] }],
    ['recipients that are none', { to: [null, 7, ''] }, { recipients: [] }],
    ['no reason', { bounce: undefined }, { permanent: false, detail: null }],
    ['an empty reason', { bounce: {} }, { permanent: false, detail: null }],
    ['a reason of another shape', { bounce: 'no' }, { permanent: false, detail: null }],
    ['only a type', { bounce: { type: 'Permanent' } }, { permanent: true, detail: 'Permanent' }],
    [
      'only what the server said',
      { bounce: { diagnosticCode: 'smtp; 550' } },
      { permanent: false, detail: '(smtp; 550)' },
    ],
  ])('with %s still counts', (_case, details, read) => {
    expect(readEngagement('email.bounced', payload(details))).toMatchObject({ kind: 'bounced', ...read });
  });

  it('with a click that cannot be read still counts as one', () => {
    const click = { link: 7, timestamp: 'yesterday' };
    expect(readEngagement('email.clicked', payload({ click }))).toMatchObject({
      kind: 'clicked',
      link: null,
      at: new Date(HAPPENED),
    });
  });

  it('without a time of its own happened when the e-mail was written', () => {
    expect(readEngagement('email.sent', payload({}, { created_at: 'soon' }))).toMatchObject({
      at: new Date('2026-03-01T11:00:00.894Z'),
    });
  });

  it.each([
    ['no time at all', payload({ created_at: undefined }, { created_at: undefined })],
    ['no e-mail', payload({ email_id: undefined })],
    ['an e-mail without id', payload({ email_id: '' })],
    ['no data', { type: 'email.sent', created_at: HAPPENED }],
    ['nothing', null],
    ['a text', 'email.sent'],
  ])('with %s is no engagement', (_case, broken) => {
    expect(readEngagement('email.sent', broken)).toBeUndefined();
  });
});
