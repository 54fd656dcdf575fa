import { createLifecycleClient, type LifecycleClient } from './client';
import type { Plan } from './events';

/** A user as Better Auth stores it, with the fields that an application has added. */
export interface BetterAuthUser {
  id: string;
  email: string;
  name?: string | null;
  createdAt?: Date | string | null;
  [field: string]: unknown;
}

interface BetterAuthSession {
  id: string;
  userId: string;
  createdAt?: Date | string | null;
  /** Set by Better Auth's admin plugin. */
  impersonatedBy?: unknown;
}

export interface LifecyclePluginOptions {
  /** One that the application has already; made from the environment when left out. */
  client?: LifecycleClient | undefined;
  /** The plan that a new user starts with; `free` when left out. */
  plan?: ((user: BetterAuthUser) => Plan) | undefined;
  /** Where a new user came from. */
  source?: ((user: BetterAuthUser) => string | null | undefined) | undefined;
  /** Whether a new user agreed to marketing e-mail; no when left out. */
  marketingConsent?: ((user: BetterAuthUser) => boolean | null | undefined) | undefined;
  /** The time zone of a user, of a new one and at each sign-in, e.g. `Europe/Berlin`. */
  timeZone?: ((user: BetterAuthUser) => string | null | undefined) | undefined;
}

/** The parts of Better Auth's context that are used; written out, so that these types need no package. */
interface AuthContext {
  internalAdapter: { findUserById(id: string): Promise<BetterAuthUser | null> };
  runInBackground?: (work: Promise<unknown>) => void;
}

type AfterCreate<Stored> = (stored: Stored, endpoint: { context: AuthContext } | null) => Promise<void>;

/** A plugin of Better Auth (`BetterAuthPlugin` of 1.4 and later). */
export interface LifecyclePlugin {
  id: 'lifecycle';
  init(context: AuthContext): {
    options: {
      databaseHooks: {
        user: { create: { after: AfterCreate<BetterAuthUser> } };
        session: { create: { after: AfterCreate<BetterAuthSession> } };
      };
    };
  };
}

/**
 * Reports every new user of Better Auth (`user.registered`) and every sign-in (`user.loggedIn`), however they come
 * about. Sends in the background once the user is stored, and never fails or delays a sign-up or sign-in. On a
 * serverless platform set `advanced.backgroundTasks.handler` of Better Auth, e.g. to `waitUntil`.
 */
export function lifecycle({
  client = createLifecycleClient(),
  plan = () => 'free',
  source,
  marketingConsent,
  timeZone,
}: LifecyclePluginOptions = {}): LifecyclePlugin {
  const registered = (user: BetterAuthUser) =>
    client.userRegistered(
      {
        email: user.email,
        name: user.name,
        // As getters, so that what the application's functions throw is the client's to report.
        get plan() {
          return plan(user);
        },
        get source() {
          return source?.(user);
        },
        get marketingConsent() {
          return marketingConsent?.(user);
        },
        get timeZone() {
          return timeZone?.(user);
        },
      },
      { id: `user.registered:${user.id}`, timestamp: user.createdAt },
    );

  const loggedIn = async (session: BetterAuthSession, context: AuthContext) => {
    const { id, userId, createdAt, impersonatedBy } = session;
    // An admin who looks at the application as a user is not that user.
    if (impersonatedBy) return;
    const user = await context.internalAdapter.findUserById(userId);
    if (user) {
      await client.userLoggedIn(
        {
          email: user.email,
          get timeZone() {
            return timeZone?.(user);
          },
        },
        { id: `user.loggedIn:${id}`, timestamp: createdAt },
      );
    }
  };

  return {
    id: 'lifecycle',
    init: (context) => ({
      options: {
        databaseHooks: {
          user: {
            create: {
              after: async (user, endpoint) =>
                inBackground(async () => registered(user), endpoint?.context ?? context),
            },
          },
          session: {
            create: {
              after: async (session, endpoint) =>
                inBackground(() => loggedIn(session, context), endpoint?.context ?? context),
            },
          },
        },
      },
    }),
  };
}

/** Better Auth waits for its hooks and fails the request over an error of theirs, although the user is stored. */
function inBackground(work: () => Promise<unknown>, context: AuthContext): void {
  const done = work().catch(() => undefined);
  try {
    context.runInBackground?.(done);
  } catch {
    // Outside a request a platform may refuse; the work is under way all the same.
  }
}
