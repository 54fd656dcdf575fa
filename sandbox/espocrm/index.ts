import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { espoCrmActions } from './actions';
import { EspoCrmApi } from './api';
import { freshEspoCrmState } from './fresh-state';
import { renderEspoCrm } from './render';
import { EspoCrmState } from './state';
import { RecordWrites } from './writes';

/**
 * EspoCRM 10 from the REST API's side: leads and contacts, with its own ways of telling what went wrong (a header and
 * an empty body), its duplicate check by name or e-mail, and rights that hide records without a word.
 */
export class EspoCrmDouble implements Double {
  readonly name = 'espocrm';
  readonly title = 'EspoCRM';
  readonly actions: Double['actions'];
  private readonly held = new EspoCrmState();
  private readonly api: EspoCrmApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    const writes = new RecordWrites(this.held, changed);
    this.api = new EspoCrmApi(this.held, writes);
    this.actions = espoCrmActions(this.held, writes, changed);
    this.held.load(freshEspoCrmState());
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
    this.load(freshEspoCrmState());
  }

  render(): string {
    return renderEspoCrm(this.held);
  }
}
