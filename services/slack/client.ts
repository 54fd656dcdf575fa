import { ServiceClient, ServiceError, type HttpRequest } from '../http';

export const SLACK = 'Slack';

/** Stands for the webhook's address, which is a secret and is put in by whoever sends the request. */
const ADDRESS = 'https://hooks.slack.com';

const GONE =
  'Create a new incoming webhook in Slack and paste its URL into the Lifecycle Slack API credential.';

const ADVICE = {
  403: `The webhook may not post to its channel any more. ${GONE}`,
  404: `Slack does not know this webhook. ${GONE}`,
  410: `The channel of the webhook is archived. ${GONE}`,
};

/** Slack's characters for markup, mentions and links (docs.slack.dev/messaging/formatting-message-text#escaping). */
const ESCAPED = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Slack cuts texts off after 40,000 characters; this is what people still read. */
const LONGEST_TEXT = 4_000;

export interface SlackOptions {
  /** Must put in the address of the incoming webhook. */
  request: HttpRequest;
  sleep?: (milliseconds: number) => Promise<void>;
}

/** A Slack incoming webhook. */
export class SlackClient {
  private readonly client: ServiceClient;

  constructor({ request, sleep }: SlackOptions) {
    this.client = new ServiceClient({
      service: SLACK,
      url: ADDRESS,
      request,
      describe: (body) => (typeof body === 'string' ? body : undefined),
      advice: ADVICE,
      ...(sleep && { sleep }),
    });
  }

  /**
   * Posts the lines as one message; as many as fit, and how many more there are. What stands in them is text: it cannot
   * mention a channel or hide a link. Throws a `ServiceError`; a message that Slack has refused was not posted.
   */
  async post(lines: readonly string[]): Promise<void> {
    const action = 'post the message';
    const { status, body } = await this.client.call({
      action,
      method: 'POST',
      path: '/',
      body: { text: textOf(lines) },
    });
    if (isPage(body)) throw answeredByOther(action, status);
  }
}

/** Slack answers in a word; a web page is that of a proxy or a portal, which has kept the message to itself. */
function isPage(body: unknown): boolean {
  return typeof body === 'string' && /^\s*</.test(body);
}

function answeredByOther(action: string, status: number): ServiceError {
  const message =
    `${SLACK} could not ${action}: a web page came in the place of its answer. Check that no proxy answers for it; ` +
    'it is tried again later.';
  return new ServiceError(SLACK, message, true, status);
}

function textOf(lines: readonly string[]): string {
  const shown: string[] = [];
  let left = LONGEST_TEXT;
  for (const line of lines.map(escaped)) {
    const fits = line.slice(0, LONGEST_TEXT);
    if (fits.length > left) break;
    shown.push(fits);
    left -= fits.length + 1;
  }
  const hidden = lines.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`… and ${hidden} more`] : [])].join('\n');
}

function escaped(line: string): string {
  return line.replace(/[&<>]/g, (character) => ESCAPED.get(character) ?? '');
}
