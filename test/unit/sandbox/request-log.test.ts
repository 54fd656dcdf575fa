import { expect, it } from '@jest/globals';
import { RequestLog, type LoggedCall } from '../../../sandbox/request-log';

function call(path: string, body = ''): LoggedCall {
  return {
    double: 'stripe',
    method: 'POST',
    path,
    search: new URLSearchParams(),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body),
    status: 200,
    responseHeaders: {},
    responseBody: '',
    fault: null,
  };
}

it('keeps the last 5,000 calls', () => {
  const log = new RequestLog();
  for (let index = 0; index < 5_010; index += 1) log.add(call(`/${index}`));
  const paths = log.entries().map(({ path }) => path);
  expect(paths).toHaveLength(5_000);
  expect([paths[0], paths.at(-1)]).toEqual(['/10', '/5009']);
  expect(log.entries(2).map(({ path }) => path)).toEqual(['/5008', '/5009']);
});

it('keeps no more than 64 MiB of bodies', () => {
  const log = new RequestLog();
  const body = 'x'.repeat(16 * 1024 * 1024);
  for (const path of ['/1', '/2', '/3', '/4', '/5']) log.add(call(path, body));
  expect(log.entries().map(({ path }) => path)).toEqual(['/2', '/3', '/4', '/5']);
});

it('shows a body that is not the JSON it claims to be as text', () => {
  const log = new RequestLog();
  log.add(call('/', '{"half":'));
  expect(log.entries()[0]?.body).toBe('{"half":');
});

it.each(['x-api-key', 'x-hmac-authorization', 'espo-authorization'])(
  'keeps the header %s to itself',
  (name) => {
    const log = new RequestLog();
    log.add({ ...call('/'), headers: { [name]: 'secret', accept: '*/*' } });
    expect(log.entries()[0]?.headers).toEqual({ [name]: '[redacted]', accept: '*/*' });
  },
);
