import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { SLACK_WEBHOOK_PATH } from '../../../sandbox/identities';
import { SlackDouble } from '../../../sandbox/slack';
import { startSandboxUnderTest, type SandboxUnderTest } from '../../support/sandbox-under-test';

let sandbox: SandboxUnderTest;
beforeEach(async () => {
  sandbox = await startSandboxUnderTest({ slack: SlackDouble });
});
afterEach(() => sandbox.close());

const post = (body: unknown, headers?: Record<string, string>) =>
  sandbox.call('POST', `/slack${SLACK_WEBHOOK_PATH}`, body, headers);

it('takes a message and says ok', async () => {
  expect(await post({ text: '<b>Shopware</b> is down' })).toMatchObject({ status: 200, body: 'ok' });
  expect((await sandbox.call('GET', '/sandbox/state/slack')).body).toMatchObject({
    messages: [{ text: '<b>Shopware</b> is down', at: expect.any(String) }],
  });
  expect((await sandbox.call('GET', '/')).body).toContain('&lt;b&gt;Shopware&lt;/b&gt; is down');
});

it('takes the older form field, and blocks without text', async () => {
  const form = new URLSearchParams({ payload: JSON.stringify({ blocks: [{ type: 'divider' }] }) });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  expect(await post(form.toString(), type)).toMatchObject({ status: 200, body: 'ok' });
});

it.each([
  ['no JSON', 'hello', 400, 'invalid_payload'],
  ['a list', [], 400, 'invalid_payload'],
  ['nothing to say', {}, 400, 'no_text'],
])('refuses %s', async (_, sent, status, word) => {
  expect(await post(sent)).toMatchObject({ status, body: word });
  expect((await sandbox.call('GET', '/sandbox/state/slack')).body).toEqual({ messages: [] });
});

it('takes a short burst, then asks for patience', async () => {
  const answers = [];
  for (let count = 0; count < 6; count += 1) answers.push(await post({ text: `message ${count}` }));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
  expect(answers[5]).toMatchObject({ body: 'rate_limited' });
  expect(Number(answers[5]?.headers.get('retry-after'))).toBe(1);
});

it('knows one address only', async () => {
  expect(await sandbox.call('POST', '/slack/services/T000/B000/other', { text: 'hi' })).toMatchObject({
    status: 404,
    body: 'no_service',
  });
});

it('keeps the newest 500 messages', async () => {
  const messages = Array.from({ length: 500 }, (_, index) => ({
    at: new Date(0).toISOString(),
    text: `${index}`,
  }));
  await sandbox.call('PUT', '/sandbox/state/slack', { messages });
  await post({ text: 'new' });
  const { body } = await sandbox.call('GET', '/sandbox/state/slack');
  const texts = (body as { messages: Array<{ text: string }> }).messages.map(({ text }) => text);
  expect([texts.length, texts[0], texts.at(-1)]).toEqual([500, '1', 'new']);
});
