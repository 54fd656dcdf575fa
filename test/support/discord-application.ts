import { DISCORD_PUBLIC_KEY } from '../../sandbox/identities';
import { signedByDiscord } from './discord-signature';
import { startHttpServer, type Answer, type ReceivedRequest, type TestServer } from './http-server';

/** Discord as far as an application's own settings go; like Discord it calls an address before it takes it. */
export class DiscordApplication {
  readonly id = '1100000000000000900';
  publicKey = DISCORD_PUBLIC_KEY;
  endpoint: string | null = null;
  /** What is answered instead, to calls with such a method. */
  failure: { of: RegExp; answer: Answer | 'drop' } | undefined;
  private server: TestServer | undefined;

  async start(): Promise<this> {
    this.server = await startHttpServer((request) => this.respond(request));
    return this;
  }

  reset(): void {
    this.publicKey = DISCORD_PUBLIC_KEY;
    this.endpoint = null;
    this.failure = undefined;
    this.received.length = 0;
  }

  get url(): string {
    return this.server?.url ?? '';
  }

  get received(): ReceivedRequest[] {
    return this.server?.requests ?? [];
  }

  /** Method and path of every call but those that only read. */
  get writes(): string[] {
    return this.received
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  close(): Promise<void> {
    return this.server?.close() ?? Promise.resolve();
  }

  private async respond({ method, path, headers, body }: ReceivedRequest): Promise<Answer | 'drop'> {
    if (this.failure?.of.test(method)) return this.failure.answer;
    if (headers.authorization !== 'Bot bot-token')
      return { status: 401, body: { message: '401: Unauthorized', code: 0 } };
    if (path !== '/applications/@me') return { status: 404, body: { message: '404: Not Found', code: 0 } };
    if (method === 'PATCH') {
      const { interactions_endpoint_url: wanted } = body as { interactions_endpoint_url: string | null };
      if (wanted !== null && !(await isAnsweredAsItShouldBe(wanted))) return UNVERIFIED;
      this.endpoint = wanted;
    }
    return {
      body: {
        id: this.id,
        name: 'Tickets',
        verify_key: this.publicKey,
        interactions_endpoint_url: this.endpoint,
        flags: 0,
      },
    };
  }
}

const UNVERIFIED = {
  status: 400,
  body: {
    message: 'Invalid Form Body',
    code: 50035,
    errors: {
      interactions_endpoint_url: {
        _errors: [
          {
            code: 'APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID',
            message: 'The specified interactions endpoint url could not be verified.',
          },
        ],
      },
    },
  },
};

/** A PING has to be answered with a PONG, and one with a bad signature with 401. */
async function isAnsweredAsItShouldBe(url: string): Promise<boolean> {
  const { headers, rawBody } = signedByDiscord({ type: 1 });
  const post = async (signature: string | undefined) => {
    const signed = { ...headers, 'x-signature-ed25519': signature ?? '' };
    const answer = await fetch(url, { method: 'POST', headers: signed, body: rawBody.toString() });
    return { status: answer.status, text: await answer.text() };
  };
  const good = await post(headers['x-signature-ed25519']).catch(() => undefined);
  const bad = await post('ab'.repeat(64)).catch(() => undefined);
  return good?.status === 200 && good.text === '{"type":1}' && bad?.status === 401;
}
