import { setMaxListeners } from 'node:events';
import { Agent } from 'node:http';
import axios from 'axios';
import type { PostAnswer } from './double';

/** Longer than any intake should take, short enough that a hanging one is tried again soon. */
const TIMEOUT_MS = 20_000;
const MOST_CONNECTIONS = 64;
const LONGEST_ANSWER_BYTES = 64 * 1024;

/** Posts webhooks over kept-alive connections; never follows redirects, since providers do not either. */
export class WebhookSender {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS });
  private readonly ended = new AbortController();

  constructor() {
    // Each post that is under way listens, however many there are.
    setMaxListeners(0, this.ended.signal);
  }

  /** Sends exactly these bytes. Never rejects: `status` is 0 when nothing answered in 20 s. */
  async post(url: string, headers: Record<string, string>, body: string): Promise<PostAnswer> {
    try {
      const answer = await axios.post<string>(url, Buffer.from(body), {
        headers,
        httpAgent: this.agent,
        timeout: TIMEOUT_MS,
        signal: this.ended.signal,
        maxRedirects: 0,
        proxy: false,
        maxContentLength: LONGEST_ANSWER_BYTES,
        responseType: 'text',
        transformResponse: (text: string) => text,
        validateStatus: () => true,
      });
      const contentType: unknown = answer.headers['content-type'];
      return {
        status: answer.status,
        body: answer.data,
        ...(typeof contentType === 'string' && { contentType }),
      };
    } catch (error) {
      return { status: 0, body: axios.isAxiosError(error) ? (error.code ?? 'no answer') : 'no answer' };
    }
  }

  /** Ends everything under way. */
  close(): void {
    this.ended.abort();
    this.agent.destroy();
  }
}
