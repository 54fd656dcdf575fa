import { createServer } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { load } from '../../../bench/load';
import { startHttpServer, type TestServer } from '../../support/http-server';

let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const requests = (count: number) =>
  Array.from({ length: count }, (_, number) => ({
    headers: { 'content-type': 'application/json', 'x-number': String(number) },
    body: Buffer.from(JSON.stringify({ number })),
  }));

describe('the load generator', () => {
  it('sends each request once, each with its own body and headers', async () => {
    server = await startHttpServer(() => ({ status: 200 }));
    const result = await load({ url: server.url, requests: requests(30), connections: 4 });
    expect(result).toMatchObject({ refused: 0, failed: 0 });
    expect(result.accepted).toHaveLength(30);
    const numbers = server.requests.map(({ body, headers }) => [body, headers['x-number']]);
    expect(numbers).toHaveLength(30);
    expect(numbers).toEqual(
      expect.arrayContaining(requests(30).map((_, number) => [{ number }, String(number)])),
    );
  });

  it('keeps so many requests under way, and no more', async () => {
    let underWay = 0;
    let most = 0;
    server = await startHttpServer(async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 20));
      underWay -= 1;
      return { status: 200 };
    });
    await load({ url: server.url, requests: requests(20), connections: 5 });
    expect(most).toBe(5);
  });

  it('tells refusals and cut connections from answers', async () => {
    server = await startHttpServer(({ body }) => {
      const { number } = body as { number: number };
      if (number === 0) return 'drop';
      return { status: number === 1 ? 503 : 200 };
    });
    const { accepted, refused, failed } = await load({
      url: server.url,
      requests: requests(5),
      connections: 1,
    });
    expect({ accepted: accepted.length, refused, failed }).toEqual({ accepted: 3, refused: 1, failed: 1 });
  });

  it('counts a server that is not there as refused', async () => {
    const port = await portOfNobody();
    const { calls, refused } = await load({
      url: `http://127.0.0.1:${port}`,
      requests: requests(2),
      connections: 2,
    });
    expect(calls.map(({ result }) => result)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    expect(refused).toBe(2);
  });

  it('sends nothing more when the time is up', async () => {
    server = await startHttpServer(async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return { status: 200 };
    });
    const { calls } = await load({
      url: server.url,
      requests: requests(100),
      connections: 1,
      milliseconds: 100,
    });
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.length).toBeLessThan(100);
  });
});

/** A port that was free a moment ago. */
async function portOfNobody(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}
