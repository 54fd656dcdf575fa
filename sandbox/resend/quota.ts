import { ResendError } from './errors';
import type { Settings } from './state';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * How many addresses were sent to: in the last 24 hours, and in this calendar month
 * (resend.com/docs/api-reference/usage/retrieve-usage). Every address of To, Cc and Bcc counts.
 */
export class Quota {
  /** By the minute, oldest first. */
  private readonly minutes = new Map<number, number>();
  private month = '';
  private inMonth = 0;

  constructor(
    private readonly settings: () => Pick<Settings, 'dailyQuota' | 'monthlyQuota'>,
    private readonly now: () => number = Date.now,
  ) {}

  used(): { daily: number; monthly: number } {
    this.forgetOld();
    const daily = [...this.minutes.values()].reduce((sum, count) => sum + count, 0);
    return { daily, monthly: this.inMonth };
  }

  /** Throws Resend's refusal when so many more are too many. */
  check(count: number): void {
    const { dailyQuota, monthlyQuota } = this.settings();
    const { daily, monthly } = this.used();
    if (monthlyQuota !== null && monthly + count > monthlyQuota) {
      throw new ResendError(
        429,
        'monthly_quota_exceeded',
        'You have reached your monthly email sending quota',
      );
    }
    if (dailyQuota !== null && daily + count > dailyQuota) {
      throw new ResendError(429, 'daily_quota_exceeded', 'You have reached your daily email sending quota');
    }
  }

  count(count: number): void {
    this.forgetOld();
    const minute = Math.floor(this.now() / MINUTE_MS);
    this.minutes.set(minute, (this.minutes.get(minute) ?? 0) + count);
    this.inMonth += count;
  }

  reset(): void {
    this.minutes.clear();
    this.inMonth = 0;
  }

  private forgetOld(): void {
    const now = this.now();
    const oldest = Math.floor((now - DAY_MS) / MINUTE_MS);
    for (const minute of this.minutes.keys()) if (minute <= oldest) this.minutes.delete(minute);
    const month = new Date(now).toISOString().slice(0, 7);
    if (month !== this.month) this.inMonth = 0;
    this.month = month;
  }
}
