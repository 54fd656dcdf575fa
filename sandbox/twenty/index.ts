import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { twentyActions } from './actions';
import { TwentyApi } from './api';
import { freshTwentyState } from './fresh-state';
import { People } from './people';
import { RateLimit } from './rate-limit';
import { renderTwenty } from './render';
import { TwentyState } from './state';

/**
 * Twenty from the REST API's side: people with a unique primary e-mail address, a trash whose addresses stay taken,
 * batches that are stored as a whole or not at all, and a rate limit of the workspace. How it refuses differs by version.
 */
export class TwentyDouble implements Double {
  readonly name = 'twenty';
  readonly title = 'Twenty';
  readonly actions: Double['actions'];
  private readonly held = new TwentyState();
  private readonly rateLimit = new RateLimit(this.held);
  private readonly api: TwentyApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    const people = new People(this.held, changed);
    this.api = new TwentyApi(this.held, people, this.rateLimit);
    this.actions = twentyActions(this.held, people, this.rateLimit, changed);
    this.held.load(freshTwentyState());
  }

  handle(request: SandboxRequest): Promise<SandboxResponse> {
    return this.api.handle(request);
  }

  state(): Json {
    return this.held.toJson();
  }

  load(state: Json): void {
    this.held.load(state);
    this.rateLimit.reset();
    this.context.changed();
  }

  reset(): void {
    this.load(freshTwentyState());
  }

  render(): string {
    return renderTwenty(this.held);
  }
}
