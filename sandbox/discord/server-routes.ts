import { requireServer } from './access';
import { ownUserJson, roleJson, serverJson } from './objects';
import { isTrue } from './query';
import { ok, type Routes } from './routes';
import type { World } from './world';

export function addServerRoutes(routes: Routes, { state }: World): void {
  routes
    .on('GET', '/users/@me', () => ok(ownUserJson(state)))
    .on('GET', '/guilds/:guild_id', ({ request, params }) => {
      requireServer(state, params);
      return ok(serverJson(state, isTrue(request.query.get('with_counts'))));
    })
    .on('GET', '/guilds/:guild_id/roles', ({ params }) => {
      requireServer(state, params);
      return ok([...state.roles.values()].map((role) => roleJson(role, state)));
    });
}
