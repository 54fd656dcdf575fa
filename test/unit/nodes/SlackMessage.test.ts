import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LifecycleSlackApi } from '../../../credentials/LifecycleSlackApi.credentials';
import { SlackMessage } from '../../../nodes/SlackMessage/SlackMessage.node';
import { SLACK_WEBHOOK_PATH } from '../../../sandbox/identities';
import { SlackDouble } from '../../../sandbox/slack';
import { executeNode, type NodeSetup } from '../../support/execute-node';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox';
import { useStore } from '../../support/store';
import { storeCredential } from '../../support/store-credential';

const database = useStore();
let slack: TestSandbox;

beforeAll(async () => {
  slack = await startTestSandbox('slack', SlackDouble);
});
beforeEach(async () => {
  await database.empty();
  await slack.reset();
  await slack.fail();
  await slack.forgetRequests();
});
afterAll(() => slack.close());

const setup = (parameters: INodeParameters, webhookUrl: string): NodeSetup => ({
  node: new SlackMessage(),
  name: 'Tell Slack',
  parameters: { text: '={{ $json.customer.name }} has signed up', ...parameters },
  credentials: [{ type: new LifecycleSlackApi(), data: { webhookUrl } }, storeCredential(database.url())],
});

const item = (id: string, name: unknown = `User ${id}`): IDataObject => ({
  event: { id, source: 'app', externalId: `event-${id}` },
  delivery: { id, lease: 'l', attempt: 1 },
  customer: { name } as IDataObject,
});

async function run(
  items: IDataObject[],
  parameters: INodeParameters = {},
  webhookUrl = slack.url + SLACK_WEBHOOK_PATH,
): Promise<IDataObject[]> {
  const [output = []] = await executeNode(setup(parameters, webhookUrl), items);
  return output.map(({ json }) => json);
}

async function messages(): Promise<string[]> {
  const { messages: posted } = (await slack.state()) as { messages: Array<{ text: string }> };
  return posted.map(({ text }) => text);
}

describe('the items of a run', () => {
  it('make one message, each its line, once', async () => {
    const posted = await run([item('1'), item('2')]);
    expect(posted).toMatchObject([
      { message: { posted: true }, outcomes: [{ service: 'Slack', action: 'message posted' }] },
      { message: { posted: true } },
    ]);
    expect(await run([item('1')])).toMatchObject([
      { message: { posted: false, reason: 'already posted for this cause' } },
    ]);
    expect(await messages()).toEqual(['User 1 has signed up\nUser 2 has signed up']);
  });

  it('post one cause once, though it stands twice among them', async () => {
    expect(await run([item('1'), item('1')])).toMatchObject([
      { message: { posted: true } },
      { message: { posted: true } },
    ]);
    expect(await messages()).toEqual(['User 1 has signed up']);
  });

  it('cannot call the channel together, or hide a link', async () => {
    await run([item('1', '<!channel> & <https://evil.example|bank>')]);
    expect(await messages()).toEqual([
      '&lt;!channel&gt; &amp; &lt;https://evil.example|bank&gt; has signed up',
    ]);
  });

  it('are cut short where nobody reads on', async () => {
    await run(Array.from({ length: 100 }, (_, index) => item(String(index), 'x'.repeat(90))));
    const [message = ''] = await messages();
    expect(message.length).toBeLessThan(4_100);
    expect(message).toMatch(/… and \d+ more$/);
  });
});

describe('a message that could not be posted', () => {
  it('is posted by a later try when Slack has refused it', async () => {
    await slack.fail({ status: 500, body: 'rollup_error', times: 1 });
    expect(await run([item('1')])).toMatchObject([
      { failure: { service: 'Slack', retryable: true, message: expect.stringContaining('rollup_error') } },
    ]);
    expect(await run([item('1')])).toMatchObject([{ message: { posted: true } }]);
    expect(await messages()).toHaveLength(1);
  });

  it('is posted by a later try when Slack was not there', async () => {
    const nowhere = 'http://127.0.0.1:9/services/secret-path';
    const [failed] = await run([item('1')], {}, nowhere);
    expect(failed).toMatchObject({ failure: { retryable: true } });
    expect(JSON.stringify(failed)).not.toContain('secret-path');
    expect(await run([item('1')])).toMatchObject([{ message: { posted: true } }]);
  });

  it('is posted by a later try when a web page came in the place of the answer', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Sign in' };
    await slack.fail({ ...page, times: 1 });
    expect(await run([item('1')])).toMatchObject([
      { failure: { retryable: true, message: expect.stringMatching(/web page.*no proxy/) } },
    ]);
    expect(await run([item('1')])).toMatchObject([{ message: { posted: true } }]);
    expect(await messages()).toHaveLength(1);
  });

  it('is not posted again when its end is unknown', async () => {
    await slack.fail({ drop: 'after', times: 1 });
    expect(await run([item('1')])).toMatchObject([{ failure: { retryable: true } }]);
    expect(await run([item('1')])).toMatchObject([
      { message: { posted: false, reason: expect.stringContaining('unknown') } },
    ]);
    expect(await messages()).toHaveLength(1);
  });

  it('says what to do about a webhook that is gone, for good', async () => {
    const gone = `${slack.url}/services/T000/B000/other`;
    expect(await run([item('1')], {}, gone)).toMatchObject([
      { failure: { retryable: false, message: expect.stringContaining('incoming webhook') } },
    ]);
  });

  it('does not hold back the rest when it is to be carried on', async () => {
    await slack.fail({ status: 500, times: 1 });
    const [carried] = await run([item('1')], { whenItFails: 'carryOn' });
    expect(carried).not.toHaveProperty('failure');
    expect(carried).toMatchObject({ failures: [{ node: 'Tell Slack', service: 'Slack' }] });
  });
});

it('needs a text for each item', async () => {
  expect(
    await run([item('1'), item('2')], { text: '={{ $json.event.id === "1" ? "" : "hello" }}' }),
  ).toMatchObject([
    { failure: { message: expect.stringContaining('"Text" is empty') } },
    { message: { posted: true } },
  ]);
});
