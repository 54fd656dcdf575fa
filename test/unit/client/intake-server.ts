import { providers, receive, windmill, type IntakeEvent } from '../../../services/intake';
import { Receiver, TOKEN, type ReceivedEvent } from './receiver';

/** The intake for app events as it really answers, also in the form of Windmill, with a memory in place of the store. */
export class IntakeServer {
  /** One for each id, oldest first. */
  readonly events = new Map<string, IntakeEvent>();
  readonly answers: Array<{ status: number; body: object | string }> = [];

  private constructor(readonly receiver: Receiver) {}

  static async start(): Promise<IntakeServer> {
    const server = new IntakeServer(await Receiver.start());
    server.receiver.behave((request) => server.answer(request));
    return server;
  }

  async answer({ path, headers, text }: ReceivedEvent): Promise<{ status: number; body: string }> {
    const { pathname, searchParams } = new URL(path, this.receiver.url);
    const [, script] = /\/api\/w\/[^/]+\/jobs\/run\/p\/(.+)$/.exec(pathname) ?? [];
    const provider = script === undefined ? providers.find(({ source }) => source === 'app') : windmill;
    if (!provider) throw new Error('there is no provider for app events');
    const query = Object.fromEntries(searchParams);
    const request = { headers, rawBody: Buffer.from(text), query, script };
    const answer = await receive(provider, request, {
      secrets: [TOKEN],
      accept: async (events) =>
        events.map((event) => {
          const duplicate = this.events.has(event.externalId);
          if (!duplicate) this.events.set(event.externalId, event);
          return { duplicate };
        }),
    });
    const { status, body } = provider.present?.(answer) ?? answer;
    this.answers.push({ status, body });
    return { status, body: typeof body === 'string' ? body : JSON.stringify(body) };
  }
}
