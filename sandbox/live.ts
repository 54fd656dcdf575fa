import type { ServerResponse } from 'node:http';

/** Changes closer together than this reach the page as one: a burst of calls must not cost one message each. */
const COALESCE_MS = 150;
const HEARTBEAT_MS = 15_000;

/** Server-sent events for the page: which part of the sandbox has changed. */
export class Live {
  private readonly listeners = new Set<ServerResponse>();
  private readonly changed = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private readonly heartbeat = setInterval(() => this.send(': still here\n\n'), HEARTBEAT_MS).unref();

  /** Keeps an answer open as an event stream until its reader goes away. */
  add(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write('retry: 1000\n\n');
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  /** Announces `part` (a double's name, `requests` or `faults`), at most once per 150 ms. */
  announce(part: string): void {
    if (this.listeners.size === 0) return;
    this.changed.add(part);
    this.timer ??= setTimeout(() => this.flush(), COALESCE_MS).unref();
  }

  close(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.timer);
    for (const listener of this.listeners) listener.end();
  }

  private flush(): void {
    this.timer = undefined;
    this.send(`event: changed\ndata: ${JSON.stringify([...this.changed])}\n\n`);
    this.changed.clear();
  }

  private send(message: string): void {
    for (const listener of this.listeners) listener.write(message);
  }
}
