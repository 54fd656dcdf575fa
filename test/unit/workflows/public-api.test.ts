import { afterEach, describe, expect, it } from '@jest/globals';
import { explain } from '../../../workflows/tools/error';
import { PublicApi } from '../../../workflows/tools/n8n/public-api';
import { startHttpServer, type Responder, type TestServer } from '../../support/http-server';

const STORED = {
  id: 'handler',
  name: 'Handler',
  versionId: 'v1',
  activeVersionId: null,
  active: false,
  isArchived: false,
  nodes: [],
  connections: {},
  settings: {},
};
const CONTENT = { id: 'handler', name: 'Handler', nodes: [], connections: {}, settings: {} };
const credential = (id: string) => ({ id, name: id, type: 'storeApi' });

let server: TestServer;
afterEach(() => server.close());

async function connected(respond: Responder): Promise<PublicApi> {
  server = await startHttpServer(respond);
  return new PublicApi(server.url, 'the-key');
}

describe('n8n’s public API', () => {
  it('is asked with the API key, page by page', async () => {
    const api = await connected(({ query }) => ({
      body: query.has('cursor')
        ? { data: [credential('b')], nextCursor: null }
        : { data: [credential('a')], nextCursor: 'next=' },
    }));
    expect(await api.credentials()).toEqual([credential('a'), credential('b')]);
    expect(server.requests.map(({ path, query }) => `${path} ${query.get('cursor')}`)).toEqual([
      '/api/v1/credentials null',
      '/api/v1/credentials next=',
    ]);
    expect(server.requests[0]?.headers['x-n8n-api-key']).toBe('the-key');
  });

  it('has no workflow where it answers 404', async () => {
    const api = await connected(() => ({ status: 404, body: { message: 'Not Found' } }));
    expect(await api.workflow('gone')).toBeUndefined();
  });

  it('gets only what it takes in an update, and publishes apart from it', async () => {
    const api = await connected(() => ({ body: STORED }));
    await api.publish(await api.updateWorkflow(CONTENT));
    expect(
      server.requests.map(({ method, path, query, body }) => [method, path, String(query), body]),
    ).toEqual([
      [
        'PUT',
        '/api/v1/workflows/handler',
        'publishIfActive=false',
        { name: 'Handler', nodes: [], connections: {}, settings: {} },
      ],
      ['POST', '/api/v1/workflows/handler/activate', '', { versionId: 'v1' }],
    ]);
  });

  it('cannot create a workflow under its id, and says what can', async () => {
    const api = await connected(() => ({}));
    await expect(api.createWorkflow(CONTENT)).rejects.toThrow(
      /n8n import:workflow --input=workflows\/handler\.json/,
    );
    expect(server.requests).toEqual([]);
  });

  it.each<[string, Responder, RegExp]>([
    [
      'a key it does not know',
      () => ({ status: 401, body: { message: 'unauthorized' } }),
      /answered 401: "unauthorized"\. Check N8N_API_KEY/,
    ],
    [
      'a key without the scope',
      () => ({ status: 403, body: { message: 'Forbidden' } }),
      /answered 403: "Forbidden"\. The API key lacks a scope/,
    ],
    ['an answer of another kind', () => ({ body: { hello: 'world' } }), /answered in an unknown form/],
    ['no answer', () => 'drop', /n8n does not answer\. Check that it runs/],
  ])('explains %s', async (_what, respond, message) => {
    const api = await connected(respond);
    const failure = await api.updateWorkflow(CONTENT).then(
      () => 'no failure',
      (error: unknown) => explain(error),
    );
    expect(failure).toMatch(message);
  });
});
