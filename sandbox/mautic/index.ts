import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { mauticActions } from './actions';
import { MauticApi } from './api';
import { freshMauticState } from './fresh-state';
import { renderMautic } from './render';
import { MauticState } from './state';

/**
 * Mautic 5.1 from the REST API's side: contacts with all that the API does to their values, e-mails that are sent and
 * kept, segments and campaigns, webhooks that are sent at once or by the cron job.
 */
export class MauticDouble implements Double {
  readonly name = 'mautic';
  readonly title = 'Mautic';
  readonly actions: Double['actions'];
  private readonly held = new MauticState();
  private readonly api: MauticApi;

  constructor(private readonly context: DoubleContext) {
    this.api = new MauticApi(this.held, context);
    this.actions = mauticActions(this.held, this.api, () => context.changed());
    this.held.load(freshMauticState());
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
    this.load(freshMauticState());
  }

  render(): string {
    return renderMautic(this.held);
  }
}
