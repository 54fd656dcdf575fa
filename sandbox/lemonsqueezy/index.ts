import type { Double, DoubleContext, Json, SandboxResponse } from '../double';
import { lemonSqueezyActions } from './actions';
import { Deliveries } from './deliveries';
import { freshState } from './fresh-state';
import { renderLemonSqueezy } from './render';
import { Shop } from './shop';
import { changedState, type State } from './state';

/**
 * A Lemon Squeezy store from the side of its webhooks: several for each thing that happens, signed, without an id of
 * their own, again until they are answered with exactly 200. It has no API here, since nobody calls it.
 */
export class LemonSqueezyDouble implements Double {
  readonly name = 'lemonsqueezy';
  readonly title = 'Lemon Squeezy';
  readonly actions: Double['actions'];
  private readonly held: State = freshState();
  private readonly deliveries: Deliveries;

  constructor(private readonly context: DoubleContext) {
    this.deliveries = new Deliveries(this.held, context);
    this.actions = lemonSqueezyActions(new Shop(this.held), this.deliveries);
  }

  async handle(): Promise<SandboxResponse> {
    const errors = [{ status: '404', title: 'Not Found', detail: 'The sandbox has webhooks only.' }];
    return { status: 404, headers: { 'content-type': 'application/vnd.api+json' }, body: { errors } };
  }

  state(): Json {
    return structuredClone(this.held);
  }

  /** What is left out stays as it is. */
  load(state: Json): void {
    const changed = changedState(this.held, state);
    this.deliveries.clear();
    Object.assign(this.held, changed);
    this.context.changed();
  }

  /** The webhook stays: it is how the store is connected, nothing that happened in it. */
  reset(): void {
    this.deliveries.clear();
    Object.assign(this.held, freshState(), { webhook: this.held.webhook });
    this.context.changed();
  }

  render(): string {
    return renderLemonSqueezy(this.held);
  }
}
