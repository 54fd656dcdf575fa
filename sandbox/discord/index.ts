import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { discordActions } from './actions';
import { DiscordApi } from './api';
import { freshDiscordState } from './fresh-state';
import { renderDiscord } from './render';
import { DiscordState } from './state';

/**
 * Discord's REST API v10 with one server and one bot in it: channels, roles and their permissions, invites from issue
 * to use, and the limits. Its address stands for `https://discord.com/api/v10`.
 */
export class DiscordDouble implements Double {
  readonly name = 'discord';
  readonly title = 'Discord';
  readonly actions: Double['actions'];
  private readonly held = new DiscordState(freshDiscordState());
  private readonly api: DiscordApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    this.api = new DiscordApi(this.held, changed);
    this.actions = discordActions(this.held, changed);
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
}
