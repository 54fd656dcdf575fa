import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { windmillActions } from './actions';
import { WindmillApi } from './api';
import { freshWindmillState } from './fresh-state';
import { renderWindmill } from './render';
import { WindmillState } from './state';

/**
 * Windmill with one workspace: scripts and flows that are run by their path, under ids of the caller's own, and the jobs
 * that come of it. Those that run and wait in one call, schedules and preprocessors are not there.
 */
export class WindmillDouble implements Double {
  readonly name = 'windmill';
  readonly title = 'Windmill';
  readonly actions: Double['actions'];
  private readonly held = new WindmillState(freshWindmillState());
  private readonly api: WindmillApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    this.api = new WindmillApi(this.held, changed);
    this.actions = windmillActions(this.held, changed);
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
    this.load(freshWindmillState());
  }

  render(): string {
    return renderWindmill(this.held);
  }
}
