import type { SandboxRequest, SandboxResponse } from '../double';
import { Router, type RouteMethod } from '../router';
import { noRoute } from './errors';
import type { Bucket } from './rate-limits';

export interface Call {
  request: SandboxRequest;
  params: Record<string, string>;
}

type Handler = (call: Call) => SandboxResponse | Promise<SandboxResponse>;

export interface Route {
  /** Method and path, the latter with its parameters' names. */
  name: string;
  handler: Handler;
  kind: Bucket['kind'];
  /** Whose token it takes: the bot's; the bot's or none; none, for what it needs is in the path. */
  token: 'bot' | 'any' | 'none';
}

const METHODS: readonly RouteMethod[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Which handler answers what. */
export class Routes {
  private readonly router = new Router<Route>();

  on(
    method: RouteMethod,
    path: string,
    handler: Handler,
    { kind = 'other', token = 'bot' }: Partial<Pick<Route, 'kind' | 'token'>> = {},
  ): this {
    this.router.on(method, path, { name: `${method} ${path}`, handler, kind, token });
    return this;
  }

  /** Throws 405 for a path that is there for other methods only, else 404. */
  find(method: string, path: string): { handler: Route; params: Record<string, string> } {
    const found = this.router.find(method, path);
    if (!found) throw noRoute(METHODS.some((other) => this.router.find(other, path)));
    return found;
  }
}

export function ok(body: unknown, status = 200): SandboxResponse {
  return { status, body };
}

export const NO_CONTENT: SandboxResponse = { status: 204 };
