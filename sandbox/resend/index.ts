import type { Double, DoubleContext, Json, SandboxRequest, SandboxResponse } from '../double';
import { resendActions } from './actions';
import { ResendApi } from './api';
import { Deliveries } from './deliveries';
import { FRESH_SETTINGS, freshState } from './fresh-state';
import { renderMailPage } from './mail-page';
import { Postman } from './postman';
import { Quota } from './quota';
import { renderResend } from './render';
import { ResendState } from './state';

/**
 * A Resend team: mails with idempotency keys, limits and quotas, templates, and webhooks signed as Svix does. Its page
 * is the inbox of everybody it sends to.
 */
export class ResendDouble implements Double {
  readonly name = 'resend';
  readonly title = 'Resend';
  readonly actions: Double['actions'];
  private readonly held = new ResendState(FRESH_SETTINGS);
  private readonly quota: Quota;
  private readonly deliveries: Deliveries;
  private readonly postman: Postman;
  private readonly api: ResendApi;

  constructor(private readonly context: DoubleContext) {
    const changed = (): void => context.changed();
    this.quota = new Quota(() => this.held.settings);
    this.deliveries = new Deliveries(this.held, context);
    this.postman = new Postman(this.held, this.deliveries, changed);
    this.api = new ResendApi(this.held, this.postman, this.quota, changed);
    const { held: state, postman, deliveries } = this;
    this.actions = resendActions({ state, context, postman, deliveries, keys: this.api.keys });
    this.held.load(freshState());
  }

  handle(request: SandboxRequest): Promise<SandboxResponse> {
    return this.api.handle(request);
  }

  state(): Json {
    return this.held.toJson();
  }

  /** What is left out stays as it is. */
  load(state: Json): void {
    this.held.load(state);
    this.postman.watch();
    this.context.changed();
  }

  reset(): void {
    this.deliveries.clear();
    this.postman.clear();
    this.quota.reset();
    this.api.keys.clear();
    this.api.rateLimit.reset();
    this.held.clear();
    this.held.load(freshState());
    this.context.changed();
  }

  render(): string {
    return renderResend(this.held, this.quota.used());
  }

  /** `mails/<id>`: one mail as its reader sees it. */
  page(path: string): SandboxResponse | undefined {
    const [, id = ''] = /^mails\/([^/]+)$/.exec(path) ?? [];
    const mail = this.held.mails.get(id);
    return mail && renderMailPage(mail);
  }
}
