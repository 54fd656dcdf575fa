import { describe, expect, it } from '@jest/globals';
import { canonicalText } from '../../../workflows/tools/canonical';
import { check, fix, type Finding } from '../../../workflows/tools/check';
import type { Workflow } from '../../../workflows/tools/workflow';
import { catalog, fileOf, handler, node, nodeOf, onError, STORE } from './support';

type Change = (workflow: Workflow) => void;

function findingsAfter(change: Change): Finding[] {
  const workflow = handler();
  change(workflow);
  return check([fileOf(workflow, 'handler.json'), fileOf(onError())], catalog);
}

const line = (name: string, index = 0) => ({ node: name, type: 'main', index });

function contactParameter(name: string, value: unknown): Change {
  return (workflow) => {
    nodeOf(workflow, 'Update contact').parameters[name] = value;
  };
}

function add(workflow: Workflow, fields: Parameters<typeof node>[0], after: string): void {
  workflow.nodes.push(node(fields));
  workflow.connections[after] = { main: [[line(fields.name)]] };
}

describe('check', () => {
  it('finds nothing in sound workflows', () => {
    expect(check([fileOf(handler()), fileOf(onError())], catalog)).toEqual([]);
  });

  it('names the file, the node, the reason and what to do', () => {
    expect(findingsAfter((workflow) => (nodeOf(workflow, 'Look up').type = 'test.unheardOf'))).toContainEqual(
      {
        file: 'handler.json',
        node: 'Look up',
        reason: 'the node type test.unheardOf is unknown',
        advice: expect.stringContaining('core nodes'),
      },
    );
  });

  it.each<[string, Change, string | undefined, RegExp]>([
    [
      'an unknown version of a node',
      (workflow) => (nodeOf(workflow, 'Look up').typeVersion = 3),
      'Look up',
      /there is no version 3 of test\.lookUp/,
    ],
    [
      'an unknown parameter',
      contactParameter('colour', 'red'),
      'Update contact',
      /parameter "colour" is unknown/,
    ],
    [
      'a required parameter that is empty',
      contactParameter('email', ''),
      'Update contact',
      /"Email" is required/,
    ],
    [
      'an option there is not',
      contactParameter('mode', 'guess'),
      'Update contact',
      /"mode" has no option "guess"/,
    ],
    [
      'a way of choosing there is not',
      contactParameter('segment', { __rl: true, mode: 'url', value: 'VIP' }),
      'Update contact',
      /"segment" is not chosen in a way there is: list, name, id/,
    ],
    [
      'a webhook node without webhookId',
      (workflow) =>
        workflow.nodes.push(
          node({ id: 'hook', name: 'Hook', type: 'test.intake', typeVersion: 2, position: [0, 480] }),
        ),
      'Hook',
      /no webhookId/,
    ],
    [
      'a connection to a node that is not there',
      (workflow) => (workflow.connections['Update contact'] = { main: [[line('Settle'), line('Gone')]] }),
      'Update contact',
      /leads to "Gone", which is not there/,
    ],
    [
      'a connection from a node that is not there',
      (workflow) => (workflow.connections.Gone = { main: [[line('Settle')]] }),
      'Gone',
      /starts at a node that is not there/,
    ],
    [
      'a connection from an output there is not',
      (workflow) => (workflow.connections['On event'] = { main: [[line('Look up')], [line('Settle')]] }),
      'On event',
      /no output 2 of type main/,
    ],
    [
      'a connection to an input there is not',
      (workflow) => (workflow.connections['Update contact'] = { main: [[line('Settle', 1)]] }),
      'Settle',
      /no input 2 of type main/,
    ],
    [
      'a node that nothing leads to',
      (workflow) =>
        workflow.nodes.push(node({ id: 'idle', name: 'Idle', type: 'test.audience', position: [0, 480] })),
      'Idle',
      /no connection leads to it/,
    ],
    [
      'a credential that is missing',
      (workflow) => (nodeOf(workflow, 'Settle').credentials = undefined),
      'Settle',
      /a credential of type storeApi is missing/,
    ],
    [
      'a credential that the node does not take',
      (workflow) => (nodeOf(workflow, 'Look up').credentials = STORE),
      'Look up',
      /does not take the credential type storeApi/,
    ],
    [
      'a credential type chosen in a parameter, without credential',
      (workflow) => {
        const parameters = { authentication: 'predefinedCredentialType', nodeCredentialType: 'chatApi' };
        add(
          workflow,
          { id: 'tell', name: 'Tell', type: 'test.call', position: [832, 192], parameters },
          'Settle',
        );
      },
      'Tell',
      /a credential of type chatApi is missing/,
    ],
    [
      'a credential type there is not',
      (workflow) => {
        const parameters = { authentication: 'predefinedCredentialType', nodeCredentialType: 'goneApi' };
        const credentials = { goneApi: { name: 'Gone' } };
        const fields = { id: 'tell', name: 'Tell', type: 'test.call', parameters, credentials };
        add(workflow, { ...fields, position: [832, 192] }, 'Settle');
      },
      'Tell',
      /there is no credential type "goneApi"/,
    ],
    [
      'an output whose events are not settled',
      (workflow) => (workflow.connections['Look up'] = { main: [[line('Update contact')]] }),
      'Look up',
      /events that leave by the output "No match" are never settled/,
    ],
    [
      'a path that ends before Settle',
      (workflow) => delete workflow.connections['Update contact'],
      'Update contact',
      /events that leave here are never settled/,
    ],
    [
      'a Settle that is switched off',
      (workflow) => (nodeOf(workflow, 'Settle').disabled = true),
      'Settle',
      /never settled/,
    ],
    [
      'a store node that does something else',
      (workflow) => (nodeOf(workflow, 'Settle').parameters.operation = 'find'),
      'Settle',
      /never settled/,
    ],
    [
      'a time zone of its own',
      (workflow) => delete workflow.settings?.timezone,
      undefined,
      /time zone is not UTC/,
    ],
    [
      'no error workflow',
      (workflow) => delete workflow.settings?.errorWorkflow,
      undefined,
      /nobody hears of its failures/,
    ],
    [
      'an error workflow that is not among the files',
      (workflow) => Object.assign(workflow.settings ?? {}, { errorWorkflow: 'gone' }),
      undefined,
      /error workflow "gone" is not among the files/,
    ],
    [
      'itself as error workflow',
      (workflow) => Object.assign(workflow.settings ?? {}, { errorWorkflow: 'handler' }),
      undefined,
      /not one that starts with an Error Trigger/,
    ],
    ['no sticky note', (workflow) => workflow.nodes.splice(0, 1), undefined, /no sticky note explains it/],
    [
      'an empty sticky note',
      (workflow) => (nodeOf(workflow, 'About this workflow').parameters.content = ' '),
      undefined,
      /no sticky note explains it/,
    ],
    [
      'nodes that overlap',
      (workflow) => (nodeOf(workflow, 'Look up').position = [48, 240]),
      'On event',
      /overlaps "Look up"/,
    ],
    [
      'labels that overlap',
      (workflow) => (nodeOf(workflow, 'Look up').position = [128, 192]),
      'On event',
      /overlaps "Look up" on the canvas, labels included/,
    ],
    [
      'a sticky note over a node',
      (workflow) => (nodeOf(workflow, 'About this workflow').position = [0, 96]),
      'On event',
      /overlaps "About this workflow"/,
    ],
    [
      'a node beside the grid',
      (workflow) => (nodeOf(workflow, 'Settle').position = [630, 192]),
      'Settle',
      /beside the canvas's grid/,
    ],
    [
      'a line that leads to the left',
      (workflow) => (nodeOf(workflow, 'Settle').position = [0, 480]),
      'Update contact',
      /line to "Settle" leads back to the left/,
    ],
    [
      'lines that cross',
      (workflow) => {
        nodeOf(workflow, 'Update contact').position = [416, 480];
        nodeOf(workflow, 'Settle').position = [416, 0];
        delete workflow.connections['Update contact'];
      },
      'Look up',
      /line to "Update contact" crosses the one from "Look up" to "Settle"/,
    ],
    [
      'a line that runs behind a node',
      (workflow) => (nodeOf(workflow, 'Update contact').position = [416, 192]),
      'Look up',
      /line to "Settle" runs behind "Update contact"/,
    ],
    [
      'a workflow id that is not the name of the file',
      (workflow) => (workflow.id = 'Xq81LmPz'),
      undefined,
      /id "Xq81LmPz" is not the name of its file/,
    ],
    [
      'a node id that n8n cannot have made and nobody can read',
      (workflow) => (nodeOf(workflow, 'Look up').id = 'Node_1'),
      'Look up',
      /neither words nor a UUID/,
    ],
    [
      'a node id that another one begins with',
      (workflow) => (nodeOf(workflow, 'Look up').id = `${nodeOf(workflow, 'Update contact').id}-again`),
      'Update contact',
      /is how "[a-z-]+-again" begins/,
    ],
    [
      'a node id that another file has',
      (workflow) => (nodeOf(workflow, 'Look up').id = 'on-error-trigger'),
      'Look up',
      /taken by another node/,
    ],
    [
      'something picked by id',
      contactParameter('segment', { __rl: true, mode: 'id', value: 'gold' }),
      'Update contact',
      /"segment" is chosen by an id/,
    ],
    [
      'a number from a list without names',
      contactParameter('team', { __rl: true, mode: 'list', value: '17', cachedResultName: 'Sales' }),
      'Update contact',
      /"team" is chosen by an id/,
    ],
    [
      'a number that a parameter calls an id',
      contactParameter('options', { folderId: 17 }),
      'Update contact',
      /"options\.folderId" holds an id/,
    ],
    ...[
      ['a snowflake', '1029384756102938475'],
      ['a UUID', 'in 3f2504e0-4f89-41d3-9a0c-0305e82c3301'],
      ['an id of 32 hexadecimal digits', '0189f3c2a4b67d5e8f901a2b3c4d5e6f'],
      ['an id of Stripe', 'prod_NWjs8kKbJWmuuc'],
    ].map(([what = '', text]): [string, Change, string, RegExp] => [
      what,
      contactParameter('options', { address: text }),
      'Update contact',
      /"options\.address" holds an id/,
    ]),
    ...[
      ['an address', 'https://shop.example.com/api'],
      ['a database', 'postgres://db:5432/store'],
      ['a host', 'shop.example.com'],
      ['a local host', '={{ "http://localhost" + $json.path }}'],
      ['a numeric address', '10.0.0.7:8080'],
    ].map(([what = '', text]): [string, Change, string, RegExp] => [
      what,
      contactParameter('options', { address: text }),
      'Update contact',
      /"options\.address" names a host/,
    ]),
    [
      'an e-mail address',
      contactParameter('email', 'ada@example.com'),
      'Update contact',
      /"email" holds an e-mail address/,
    ],
    ...[
      ['an API key', 'sk_live_51Hxyz'],
      ['a webhook secret', 'whsec_c2VjcmV0'],
      ['a Slack webhook', 'https://hooks.slack.com/services/T000/B000/x'],
      ['an authorization header', 'Bearer abcdefgh12'],
      ['a JSON web token', 'eyJhbGciOiJI.eyJzdWIiOiIx.sig'],
      ['a password in an address', 'postgres://lifecycle:hunter2@db/store'],
      ['something random', 'k8Jq2Lm9Xz4Rt7Vb1Nc5'],
    ].map(([what = '', text]): [string, Change, undefined, RegExp] => [
      `${what} as a secret`,
      contactParameter('options', { address: text }),
      undefined,
      /nodes\[\d\]\.parameters\.options\.address holds (?:an? |something random)/,
    ]),
  ])('finds %s', (_what, change, nodeName, reason) => {
    const findings = findingsAfter(change).filter((finding) => reason.test(finding.reason));
    expect(findings.map((finding) => [finding.file, finding.node])).toContainEqual([
      'handler.json',
      nodeName,
    ]);
  });

  it.each<[string, Change]>([
    ['an expression', contactParameter('email', '={{ $json.checkout.email }}')],
    [
      'a placeholder for an address',
      contactParameter('options', { address: 'https://of-the-credential.invalid' }),
    ],
    ['an event type', contactParameter('options', { address: 'checkout.session.async_payment_succeeded' })],
    ['a long name', contactParameter('options', { address: 'sendCouponEmailToEveryCustomer' })],
    [
      'a UUID as the id of a node',
      (workflow) => (nodeOf(workflow, 'Look up').id = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'),
    ],
    [
      'a disabled trigger whose path does not settle',
      (workflow) => {
        nodeOf(workflow, 'On event').disabled = true;
        delete workflow.connections['Update contact'];
      },
    ],
  ])('has nothing against %s', (_what, change) => {
    expect(findingsAfter(change)).toEqual([]);
  });

  it('finds an error workflow that is not active', () => {
    const sleeping = { ...onError(), active: false };
    expect(check([fileOf(handler()), fileOf(sleeping)], catalog)).toEqual([
      expect.objectContaining({ file: 'handler.json', reason: expect.stringContaining('is not active') }),
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['an option', { options: { colour: 'red' } }, 'options.colour'],
    [
      'a field',
      { fields: { field: [{ alias: 'vip' }, { alias: 'x', colour: 'red' }] } },
      'fields.field[1].colour',
    ],
    ['a group', { fields: { colours: [{ alias: 'vip' }] } }, 'fields.colours[0]'],
  ])(
    'finds %s of a collection that is unknown, and does not lose it by writing the file anew',
    (_what, parameters, path) => {
      const workflow = handler();
      Object.assign(nodeOf(workflow, 'Update contact').parameters, parameters);
      const files = [{ file: 'handler.json', text: JSON.stringify(workflow) }, fileOf(onError())];
      expect(check(files, catalog)).toContainEqual(
        expect.objectContaining({
          node: 'Update contact',
          reason: expect.stringContaining(`"${path}" is unknown`),
        }),
      );
      expect(fix(files, catalog)).toEqual([]);
    },
  );

  it('finds pinned and static data', () => {
    const raw = { ...onError(), pinData: { 'When a workflow fails': [{ json: {} }] }, staticData: { n: 1 } };
    const reasons = check([{ file: 'on-error.json', text: JSON.stringify(raw) }], catalog).map(
      ({ reason }) => reason,
    );
    expect(reasons).toEqual(
      expect.arrayContaining([
        'the file holds pinned data',
        'the file holds static data of one installation',
      ]),
    );
  });

  it('finds a file that is not in canonical form', () => {
    const text = canonicalText(onError(), catalog);
    expect(check([{ file: 'on-error.json', text: text.trimEnd() }], catalog)).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('not in canonical form') }),
    ]);
  });

  it('puts into canonical form what is sound otherwise, without pinned data', () => {
    const pinned = { ...onError(), pinData: { 'When a workflow fails': [{ json: {} }] } };
    const files = [fileOf(handler()), { file: 'on-error.json', text: JSON.stringify(pinned) }];
    expect(fix(files, catalog)).toEqual([fileOf(onError())]);
  });

  it.each(['{', '[]', '{"id":"on-error"}'])('finds a file that holds no workflow: %s', (text) => {
    expect(check([{ file: 'on-error.json', text }], catalog)).toEqual([
      expect.objectContaining({
        file: 'on-error.json',
        reason: expect.stringContaining('this is no workflow'),
      }),
    ]);
  });
});
