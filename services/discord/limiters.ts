import { createHash } from 'node:crypto';
import { RateLimiter } from './rate-limiter';
import { RefusalBudget } from './refusal-budget';

/** By a digest of address and token: all calls of one bot in this process share a limiter. */
const limiters = new Map<string, RateLimiter>();
/** By address: what bans the host is counted for all its bots. */
const budgets = new Map<string, RefusalBudget>();

/** Names a bot without telling its token. */
export function botKey(url: string, token: string): string {
  return createHash('sha256').update(`${url}\n${token}`).digest('base64url');
}

/** The one limiter of a bot. */
export function limiterOf(url: string, token: string): RateLimiter {
  const key = botKey(url, token);
  const limiter = limiters.get(key) ?? new RateLimiter(budgetOf(url));
  limiters.set(key, limiter);
  return limiter;
}

/** For the replies to one interaction: they have limits of their own, and a refused token says nothing of the bot's. */
export function limiterForReplies(url: string): RateLimiter {
  return new RateLimiter(budgetOf(url));
}

function budgetOf(url: string): RefusalBudget {
  const budget = budgets.get(url) ?? new RefusalBudget();
  budgets.set(url, budget);
  return budget;
}
