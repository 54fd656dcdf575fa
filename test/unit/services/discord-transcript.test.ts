import { describe, expect, it } from '@jest/globals';
import { DiscordClient, RateLimiter, RefusalBudget } from '../../../services/discord';
import type { HttpRequestOptions, HttpResponse } from '../../../services/http';
import { makeTranscript, renderHtml, renderText } from '../../../services/discord/transcript';
import { linesOf } from '../../../services/discord/transcript/content';
import { message as messageSchema, type MessageEntity } from '../../../services/discord/schemas';

const PLACE = { id: '500', name: 'ticket-0012' };
const HEADING = { title: 'Ticket 12: <b>x</b>', facts: [], notes: [] };
const MAYA = { id: '100', username: 'maya' };

interface Raw {
  id: string;
  content: string;
  [field: string]: unknown;
}

const raw = (id: number, content: string, more: object = {}): Raw => ({
  id: `${10_000 + id}`,
  channel_id: PLACE.id,
  content,
  author: MAYA,
  timestamp: new Date(Date.UTC(2026, 10, 20) + id * 1_000).toISOString(),
  ...more,
});

/** Discord with these messages; `between` is done after each page. */
function discordWith(messages: Raw[], between: (page: number) => void = () => undefined): DiscordClient {
  let page = 0;
  const answer = (body: unknown): HttpResponse => ({ status: 200, headers: {}, body });
  const request = ({ url, query = {} }: HttpRequestOptions): Promise<HttpResponse> => {
    if (url.endsWith('/roles') || url.endsWith('/channels')) return Promise.resolve(answer([]));
    const newestFirst = [...messages].sort((one, other) => Number(other.id) - Number(one.id));
    const { before, after } = query;
    const meant =
      after === undefined
        ? newestFirst.filter(({ id }) => before === undefined || Number(id) < Number(before))
        : newestFirst.filter(({ id }) => Number(id) > Number(after));
    const part = after === undefined ? meant.slice(0, 100) : meant.slice(-100);
    page += 1;
    between(page);
    return Promise.resolve(answer(structuredClone(part)));
  };
  const limiter = new RateLimiter(new RefusalBudget());
  return new DiscordClient({
    url: 'https://discord.test',
    token: `${Math.random()}`,
    serverId: '1',
    request,
    limiter,
  });
}

const noFiles = () => Promise.reject(new Error('There is none.'));
const transcriptOf = (client: DiscordClient, download = noFiles as (url: string) => Promise<Buffer>) =>
  makeTranscript(client, PLACE, { heading: HEADING, download });

const linesFor = (messages: Raw[]) => {
  const parsed: MessageEntity[] = messages.map((each) => messageSchema.parse(each));
  return linesOf(
    parsed,
    { roles: new Map([['7', 'Support']]), channels: new Map([['8', 'help']]) },
    new Map(),
  );
};

describe('a transcript', () => {
  it('of 1,000 messages is complete and in order, though some come and go while it is read', async () => {
    const messages = Array.from({ length: 1_000 }, (_, id) => raw(id, `message no. ${id}.`));
    const client = discordWith(messages, (page) => {
      messages.push(raw(1_000 + page, `late no. ${page}.`));
      // One that was read already, and one that was not.
      const newest = messages.findIndex(({ content }) => content === `message no. ${999 - page}.`);
      if (newest >= 0) messages.splice(newest, 1);
    });
    const { text, html, messages: count } = await transcriptOf(client);
    const inText = [...text.matchAll(/(?:message|late) no\. (\d+)\./g)].map(([whole]) => whole);
    const inHtml = [...html.matchAll(/(?:message|late) no\. (\d+)\./g)].map(([whole]) => whole);
    expect(inText.filter((each) => each.startsWith('message'))).toEqual(
      Array.from({ length: 1_000 }, (_, id) => `message no. ${id}.`),
    );
    expect(inText.filter((each) => each.startsWith('late')).length).toBeGreaterThanOrEqual(10);
    expect(inHtml).toEqual(inText);
    expect(count).toBe(inText.length);
  });

  it('of a channel that shows nothing is refused, with what to do', async () => {
    await expect(transcriptOf(discordWith([]))).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('"Read Message History"'),
    });
  });

  it('has the attachments that can be kept, and says which cannot', async () => {
    const file = (id: string, size: number, filename: string) => ({
      id,
      filename,
      size,
      url: `https://files/${id}`,
    });
    const attachments = [
      file('1', 4, '../a b.png'),
      file('2', 20_000_000, 'film.mp4'),
      file('3', 4, 'gone.txt'),
    ];
    const { text, files, filesLost } = await transcriptOf(
      discordWith([raw(1, '', { attachments })]),
      (url) => (url.endsWith('3') ? Promise.reject(new Error('gone')) : Promise.resolve(Buffer.from('file'))),
    );
    expect(files.map(({ name, content }) => [name, content.toString()])).toEqual([['01-a_b.png', 'file']]);
    expect(filesLost).toBe(2);
    expect(text).toContain('kept as 01-a_b.png');
    expect(text).toContain('film.mp4, 19.1 MiB, not kept: larger than 10 MiB');
    expect(text).toContain('gone.txt, 4 bytes, not kept: Discord did not give it');
  });
});

describe('what somebody wrote', () => {
  const EVIL = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    "' style='x:expression(1)'",
    '</p></article><h1>Fake</h1>',
    '[click](javascript:alert(1)) https://evil.example',
    '<!-- --><iframe src="//evil.example">',
    '&lt;script&gt;',
  ];

  it.each(EVIL)('is text and nothing else in the page: %s', (evil) => {
    const author = { id: '101', username: evil, global_name: evil };
    const attachments = [{ id: '1', filename: evil, size: 1, url: 'https://evil.example' }];
    const embeds = [{ title: evil, description: evil, url: 'javascript:alert(1)' }];
    const html = renderHtml(
      { ...HEADING, title: evil },
      linesFor([raw(1, evil, { author, attachments, embeds })]),
    );
    const tags = new Set(
      [...html.matchAll(/<([a-z!/][a-z0-9]*)/gi)].map(([, tag = '']) => tag.toLowerCase()),
    );
    for (const tag of ['script', 'img', 'svg', 'iframe', 'a', 'link', 'form', 'object'])
      expect(tags).not.toContain(tag);
    // Without what is ours, no attribute is left that somebody else could have brought in.
    expect(html).not.toMatch(/<[^>]*\s(?:on\w+|src|href|style)=/i);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<\/article>/g)).toHaveLength(1);
  });

  it('names whom it mentions, and mentions nobody', () => {
    const content = '<@100> <@!100> <@&7> <#8> <@999> <:party:123> <t:0:R> @everyone';
    const text = renderText(HEADING, linesFor([raw(1, content)]));
    expect(text).toContain('@maya @maya @Support #help @user 999 :party: 1970-01-01T00:00:00.000Z @everyone');
  });

  it('cannot look like the message of somebody else, or turn the text around', () => {
    const fake = 'hello\r\n[2026-11-20 00:00:05 UTC] admin\n    you get a refund\u202egnp.exe\u0007\u001b[2J';
    const text = renderText(HEADING, linesFor([raw(1, fake)]));
    expect(text.split('\n').filter((line) => line.startsWith('['))).toEqual([
      '[2026-11-20 00:00:01 UTC] maya',
    ]);
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});
