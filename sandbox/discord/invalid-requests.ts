import type { SandboxResponse } from '../double';
import { SCOPE_HEADER } from './rate-limits';

const WINDOW_MS = 10 * 60 * 1000;
const COUNTED = [401, 403, 429];

/** The page of the proxy before Discord, which then answers in its place. */
const BLOCKED: SandboxResponse = {
  status: 403,
  headers: { 'Content-Type': 'text/html; charset=UTF-8', Server: 'cloudflare' },
  body:
    '<!DOCTYPE html><html lang="en-US"><head><title>Access denied | discord.com used Cloudflare to restrict access' +
    '</title></head><body><h1>Error 1015</h1><h2>You are being rate limited</h2></body></html>',
};

/** Counts answers that a well-behaved client would not get. Too many of them, and the address is shut out. */
export class InvalidRequests {
  private count = 0;
  private since = 0;

  /** What to answer while the address is shut out. */
  blocked(threshold: number): SandboxResponse | undefined {
    if (Date.now() - this.since >= WINDOW_MS) this.count = 0;
    return this.count >= threshold ? BLOCKED : undefined;
  }

  /** 429 of a shared limit is nobody's fault and does not count. */
  record({ status, headers }: SandboxResponse): void {
    if (!COUNTED.includes(status) || headers?.[SCOPE_HEADER] === 'shared') return;
    if (this.count === 0) this.since = Date.now();
    this.count += 1;
  }

  reset(): void {
    this.count = 0;
  }
}
