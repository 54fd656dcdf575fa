import findMyWay from 'find-my-way';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Longest path parameter that still matches; checkout session ids have about 66 characters. */
const MAX_PARAMETER_LENGTH = 500;

/** Which handler answers which method and path (`/v1/products/:id`); parameters arrive decoded. */
export class Router<Handler> {
  private readonly routes = findMyWay({ maxParamLength: MAX_PARAMETER_LENGTH });
  /** find-my-way can only carry handlers of its own shape, so each route gets a marker that stands for ours. */
  private readonly handlers = new Map<unknown, Handler>();

  on(method: RouteMethod, path: string, handler: Handler): this {
    const marker = (): void => undefined;
    this.routes.on(method, path, marker);
    this.handlers.set(marker, handler);
    return this;
  }

  /** The route for a path without its query, or `undefined` when there is none. */
  find(method: string, path: string): { handler: Handler; params: Record<string, string> } | undefined {
    if (!isRouteMethod(method)) return undefined;
    const route = this.routes.find(method, path);
    const handler = route && this.handlers.get(route.handler);
    if (!route || !handler) return undefined;
    const params: Record<string, string> = {};
    for (const [name, value] of Object.entries(route.params)) params[name] = value ?? '';
    return { handler, params };
  }
}

function isRouteMethod(method: string): method is RouteMethod {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method);
}
