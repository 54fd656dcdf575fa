import { configurationOf, environment, type Configuration } from './configuration';
import {
  eventOf,
  type CustomEvent,
  type Delivery,
  type EventData,
  type EventOptions,
  type EventType,
  type PlanChange,
  type UserChurned,
  type UserLoggedIn,
  type UserRegistered,
} from './events';
import type { LifecycleClientOptions } from './options';
import { send } from './send';

/**
 * Sends what users do. No method ever throws, and no promise ever rejects: it may be awaited or not. Methods can be
 * taken off the client.
 */
export interface LifecycleClient {
  userRegistered(data: UserRegistered, options?: EventOptions): Promise<Delivery>;
  userUpgraded(data: PlanChange, options?: EventOptions): Promise<Delivery>;
  userDowngraded(data: PlanChange, options?: EventOptions): Promise<Delivery>;
  userChurned(data: UserChurned, options?: EventOptions): Promise<Delivery>;
  userLoggedIn(data: UserLoggedIn, options?: EventOptions): Promise<Delivery>;
  /** Anything else that users do: a feature used, a milestone reached. */
  customEvent(data: CustomEvent, options?: EventOptions): Promise<Delivery>;
  /** Resolves when everything sent so far is delivered or given up. */
  flush(): Promise<void>;
}

const DEFAULT_TIMEOUT = 3_000;
const LONGEST_TIMEOUT = 60_000;
/** Events under way at a time: while the receiver is down, more of them would only take up memory and connections. */
const MOST_UNDER_WAY = 1_000;

const warned = new Set<string>();

/** Does not look at its options before the first event, so that the environment may be filled in later. */
export function createLifecycleClient(options: LifecycleClientOptions = {}): LifecycleClient {
  const underWay = new Set<Promise<Delivery>>();
  let configuration: Configuration | undefined;

  function configured(): Configuration {
    if (!configuration || !('destination' in configuration)) {
      configuration = configurationOf(options, environment());
    }
    return configuration;
  }

  function sendOrThrow<Type extends EventType>(
    type: Type,
    data: EventData[Type],
    eventOptions: EventOptions,
  ): Promise<Delivery> {
    const target = configured();
    if (!('destination' in target)) {
      warnOnce(target.reason);
      return Promise.resolve({ delivered: false, reason: target.reason });
    }
    if (underWay.size >= MOST_UNDER_WAY) {
      return report(type, options, `dropped: ${MOST_UNDER_WAY} events are under way already`);
    }
    // Written once and now: the caller may change its data while it is tried again.
    const request = target.destination.requestFor(eventOf(type, data, eventOptions));
    const delivery = send(target.destination, request, timeoutOf(options))
      .catch((error: unknown): Delivery => ({ delivered: false, reason: messageOf(error) }))
      .then((result) => (result.delivered ? result : report(type, options, result.reason)))
      .finally(() => underWay.delete(delivery));
    underWay.add(delivery);
    return delivery;
  }

  const method =
    <Type extends EventType>(type: Type) =>
    (data: EventData[Type], eventOptions: EventOptions = {}): Promise<Delivery> => {
      try {
        return sendOrThrow(type, data, eventOptions);
      } catch (error) {
        return report(type, options, `the event cannot be sent: ${messageOf(error)}`);
      }
    };

  return {
    userRegistered: method('user.registered'),
    userUpgraded: method('user.upgraded'),
    userDowngraded: method('user.downgraded'),
    userChurned: method('user.churned'),
    userLoggedIn: method('user.loggedIn'),
    customEvent: method('user.custom'),
    flush: async () => {
      await Promise.all(underWay);
    },
  };
}

/** Tells `onError`, and never fails over it. */
async function report(type: EventType, options: LifecycleClientOptions, reason: string): Promise<Delivery> {
  try {
    // Not awaited: a slow logger is no part of the delivery.
    Promise.resolve(options.onError?.({ type, reason })).catch(() => undefined);
  } catch {
    // Whoever is told of problems may not cause any.
  }
  return { delivered: false, reason };
}

function timeoutOf({ timeout }: LifecycleClientOptions): number {
  return timeout !== undefined && timeout > 0 ? Math.min(timeout, LONGEST_TIMEOUT) : DEFAULT_TIMEOUT;
}

/** In development a missing configuration is a mistake; in production it is how sending is switched off. */
function warnOnce(reason: string): void {
  if (environment()['NODE_ENV'] === 'production' || warned.has(reason)) return;
  warned.add(reason);
  console.warn(`Lifecycle events are not sent; ${reason}.`);
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be read';
  }
}
