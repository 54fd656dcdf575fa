import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { LifecycleResendApi } from '../../../credentials/LifecycleResendApi.credentials';
import { ResendSend } from '../../../nodes/ResendSend/ResendSend.node';
import { RESEND_FROM, RESEND_KEY } from '../../../sandbox/identities';
import { ResendDouble } from '../../../sandbox/resend';
import { executeNode } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';

interface StoredMail {
  id: string;
  to: string[];
  idempotencyKey: string;
}

let resend: TestSandbox;

beforeAll(async () => {
  resend = await startTestSandbox('resend', ResendDouble);
});
beforeEach(async () => {
  await resend.reset();
  await resend.act('setRateLimit', { perSecond: 1_000 });
  await resend.forgetRequests();
});
afterAll(() => resend.close());

/** Due messages in three batches of a hundred, one by one of each batch; the 2nd of them cannot be delivered to. */
const MESSAGES = Array.from({ length: 300 }, (_, index): IDataObject => ({
  message: {
    ...{ id: `${index}`, batchKey: `batch-${index % 3}`, sequence: 'Welcome', step: 'Hello', variant: null },
    ...{ kind: 'marketing', from: null, replyTo: null, to: index === 1 ? 'nobody@nowhere' : address(index) },
    ...{ subject: 'Hello {{ customer.name }}', preheader: '', body: 'For **{{ customer.name }}**' },
    ...{ customer: { name: `No. ${index}` }, data: {}, sentAt: '2026-11-29T08:00:00Z', timeZone: 'UTC' },
    ...{ unsubscribeUrl: `https://example.com/u?t=${index}`, preferencesUrl: null },
  },
}));

function address(index: number): string {
  return `reader-${index}@example.com`;
}

/** One run of the node over the messages. */
async function run(items = MESSAGES): Promise<Array<{ mail?: { id: string }; failure?: IDataObject }>> {
  const data = { url: resend.url, apiKey: RESEND_KEY, from: RESEND_FROM };
  const credentials = [{ type: new LifecycleResendApi(), data }];
  const node = { node: new ResendSend(), parameters: { operation: 'sendBatch' }, credentials };
  const [output = []] = await executeNode(node, items);
  return output.map(({ json }) => json);
}

async function mails(): Promise<StoredMail[]> {
  return (await resend.state<{ mails: StoredMail[] }>()).mails;
}

/** Each message as the mail that Resend has of it, by its address. */
async function idsByMessage(): Promise<Array<string | undefined>> {
  const idOf = new Map((await mails()).map(({ id, to }) => [to[0], id]));
  return MESSAGES.map((_, index) => idOf.get(address(index)));
}

const idsOf = (sent: Awaited<ReturnType<typeof run>>) => sent.map(({ mail }) => mail?.id);

it('sends 300 in three calls, and tells of each as what it was sent although one was refused', async () => {
  const sent = await run();
  expect(await resend.calls()).toEqual([1, 2, 3].map(() => 'POST /emails/batch'));
  expect(await mails()).toHaveLength(299);
  expect(idsOf(sent)).toEqual(await idsByMessage());
  expect(sent.filter(({ failure }) => failure !== undefined)).toHaveLength(1);
  expect(sent[1]?.failure).toMatchObject({ unsent: true, retryable: false });
  expect(sent[1]?.failure).not.toHaveProperty('ofAccount');
});

it('sends the rest once the quota allows it, and nothing twice', async () => {
  await resend.act('setQuota', { daily: 250 });
  const first = await run();
  expect(first.filter(({ mail }) => mail !== undefined)).toHaveLength(199);
  const held = first.filter(({ failure }) => failure?.retryAt !== undefined);
  expect(held).toHaveLength(100);
  for (const { failure } of held) expect(failure).toMatchObject({ unsent: true, retryable: true });
  expect(await mails()).toHaveLength(199);

  await resend.act('setQuota', { daily: null });
  const second = await run();
  expect(await mails()).toHaveLength(299);
  expect(idsOf(second)).toEqual(await idsByMessage());
  const again = second.filter((_, index) => first[index]?.mail !== undefined);
  expect(idsOf(again)).toEqual(idsOf(first).filter((id) => id !== undefined));
});

it('asks again at once for a lost answer, and gets the same mails', async () => {
  await resend.fail({ path: '/emails/batch', drop: 'after', times: 2 });
  const sent = await run();
  expect(await resend.calls()).toHaveLength(5);
  expect(await mails()).toHaveLength(299);
  expect(idsOf(sent)).toEqual(await idsByMessage());
});

it('does not know what became of mails whose answers stay lost; the next run learns it, and sends none again', async () => {
  await resend.fail({ path: '/emails/batch', drop: 'after' });
  const lost = await run();
  for (const { failure } of lost) {
    expect(failure).toMatchObject({ service: 'Resend', retryable: true });
    expect(failure).not.toHaveProperty('unsent');
  }
  expect(await mails()).toHaveLength(299);

  await resend.fail();
  const known = await idsByMessage();
  expect(idsOf(await run())).toEqual(known);
  expect(await mails()).toHaveLength(299);
});

it('never sends again under a key what has changed since', async () => {
  const before = idsOf(await run());
  const changed = MESSAGES.map(({ message }) => ({ message: { ...Object(message), subject: 'Other' } }));
  for (const { failure } of await run(changed)) {
    expect(failure).toMatchObject({ sentBefore: true, retryable: false });
  }
  expect(await idsByMessage()).toEqual(before);
  expect(await mails()).toHaveLength(299);
});
