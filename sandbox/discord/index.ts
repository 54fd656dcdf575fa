import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { DiscordApi } from './api';
import { ComponentUse } from './component-use';
import { FileAddresses } from './file-addresses';
import { freshDiscordState } from './fresh-state';
import { Interactions } from './interactions';
import { memberActions } from './member-actions';
import { renderDiscord } from './render';
import { serverActions } from './server-actions';
import { renderServerPage } from './server-page';
import { DiscordState } from './state';
import type { World } from './world';

/**
 * Discord's REST API v10 with one server and one bot in it: channels, roles and their permissions, members, messages
 * and files, interactions, private conversations, invites, and the limits. Its address stands for
 * `https://discord.com/api/v10`. Its page is the server as its members see it.
 */
export class DiscordDouble implements Double {
  readonly name = 'discord';
  readonly title = 'Discord';
  readonly actions: Double['actions'];
  private readonly held = new DiscordState(freshDiscordState());
  private readonly world: World;
  private readonly api: DiscordApi;

  constructor(private readonly context: DoubleContext) {
    const { held: state } = this;
    this.world = {
      state,
      files: new FileAddresses(state, context.url),
      post: (...call) => context.post(...call),
      changed: () => context.changed(),
    };
    const interactions = new Interactions(this.world);
    this.api = new DiscordApi(this.world, interactions);
    this.actions = {
      ...serverActions(state, this.world.changed),
      ...memberActions(this.world, new ComponentUse(this.world, interactions)),
    };
  }

  handle(request: SandboxRequest): Promise<SandboxResponse> {
    return this.api.handle(request);
  }

  state(): Json {
    return this.held.toJson();
  }

  load(state: Json): void {
    this.held.load(state);
    this.context.changed();
  }

  reset(): void {
    this.api.reset();
    this.load(freshDiscordState());
  }

  render(): string {
    return renderDiscord(this.held, this.api.isBlocking);
  }

  /** `as/<member>` or `as/<member>/<channel>`: the server as somebody in it sees it. */
  page(path: string): SandboxResponse | undefined {
    const [, memberId = '', channelId] = /^as\/(\d+)(?:\/(\d+))?$/.exec(path) ?? [];
    const member = this.held.members.get(memberId);
    return member && renderServerPage(this.world, member, channelId);
  }
}
