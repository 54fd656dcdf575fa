import type { HttpMethod } from '../http';

/** What Discord counts calls by, besides the bot. */
export interface Route {
  /** Method and path with IDs left out; calls of one name share a bucket. */
  name: string;
  /** Channel, server or webhook of the path, without its token: each has limits of its own. Empty when there is none. */
  major: string;
}

const MAJOR = ['channels', 'guilds', 'webhooks'];

/** The route of a path below the API's address, e.g. `/channels/1/invites`. */
export function routeOf(method: HttpMethod, path: string): Route {
  const segments = path.split('/').slice(1);
  const [resource = '', id = ''] = segments;
  const places = segments.map((segment, index) =>
    (index === 1 && segment !== '@me') || /^\d+$/.test(segment)
      ? '{id}'
      : index === 2 && resource === 'webhooks'
        ? '{token}'
        : segment,
  );
  return { name: `${method} /${places.join('/')}`, major: MAJOR.includes(resource) ? id : '' };
}
