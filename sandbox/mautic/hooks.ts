import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxRequest, SandboxResponse } from '../double';
import { answer, formError, notFound, parseForm } from './errors';
import { page, parseListQuery, searchByName } from './listing';
import { phpDate, toBoolean } from './php';
import type { Hook, MauticState } from './state';
import { WEBHOOK_EVENTS } from './webhooks';

const hookSchema = z.looseObject({
  name: z.string().nullish(),
  description: z.string().nullish(),
  webhookUrl: z.string().nullish(),
  secret: z.string().nullish(),
  eventsOrderbyDir: z.enum(['ASC', 'DESC']).nullish().catch(null),
  triggers: z.array(z.string()).catch([]),
  isPublished: z.union([z.boolean(), z.number(), z.string()]).optional(),
});
type HookInput = z.infer<typeof hookSchema>;

/** Webhooks, as the API manages them. */
export class Hooks {
  constructor(
    private readonly state: MauticState,
    private readonly siteUrl: string,
    private readonly changed: () => void,
  ) {}

  triggers(): SandboxResponse {
    return answer({ triggers: WEBHOOK_EVENTS });
  }

  list(request: SandboxRequest): SandboxResponse {
    const query = parseListQuery(request);
    const hooks = this.state.webhooks.all().filter(({ isPublished }) => isPublished || !query.publishedOnly);
    const { rows, total } = page(searchByName(hooks, query.search), query, (hook, column) => {
      const { id, name, webhookUrl } = hook;
      const cells: Readonly<Record<string, string | number>> = {
        id,
        name,
        webhookUrl,
        isPublished: Number(hook.isPublished),
      };
      return cells[column];
    });
    const items = Object.fromEntries(rows.map((hook) => [hook.id, hookJson(hook)]));
    return answer({ total, hooks: rows.length === 0 ? [] : items });
  }

  get(id: number): SandboxResponse {
    return answer({ hook: hookJson(this.find(id)) });
  }

  create(body: unknown): SandboxResponse {
    const input = parseForm(hookSchema, body);
    const hook = this.save({
      ...blankHook(this.state.webhooks.nextId()),
      ...changesOf(input),
      secret: input.secret ?? newSecret(),
    });
    return answer({ hook: hookJson(hook) }, 201, { location: `${this.siteUrl}/api/hooks/${hook.id}` });
  }

  /** PATCH only adds triggers; PUT empties what is not sent, and so makes a new secret. */
  edit(id: number, body: unknown, method: 'PATCH' | 'PUT'): SandboxResponse {
    const existing = this.state.webhooks.get(id);
    if (!existing && method === 'PUT') return this.create(body);
    if (!existing) throw notFound();
    const input = parseForm(hookSchema, body);
    const changes = changesOf(input);
    const next: Hook =
      method === 'PATCH'
        ? { ...existing, ...changes, triggers: [...new Set([...existing.triggers, ...input.triggers])] }
        : {
            ...blankHook(id),
            dateAdded: existing.dateAdded,
            log: existing.log,
            secret: newSecret(),
            ...changes,
          };
    const same = JSON.stringify(next) === JSON.stringify(existing);
    return answer({ hook: hookJson(this.save(same ? existing : { ...next, dateModified: phpDate() })) });
  }

  delete(id: number): SandboxResponse {
    const hook = this.find(id);
    this.state.webhooks.delete(id);
    for (const row of this.state.webhookQueue.all()) {
      if (row.hookId === id) this.state.webhookQueue.delete(row.id);
    }
    this.changed();
    return answer({ hook: { ...hookJson(hook), id: null } });
  }

  private find(id: number): Hook {
    const hook = this.state.webhooks.get(id);
    if (!hook) throw notFound();
    return hook;
  }

  private save(hook: Hook): Hook {
    const problems: Record<string, string[]> = {};
    if (hook.name === '') problems.name = ['A name is required.'];
    if (!/^https?:\/\/[^\s/]+/.test(hook.webhookUrl)) problems.webhookUrl = ['A valid URL is required.'];
    if (Object.keys(problems).length > 0) throw formError(problems, 400);
    this.state.webhooks.put(hook);
    this.changed();
    return hook;
  }
}

function blankHook(id: number): Hook {
  return {
    id,
    name: '',
    description: null,
    webhookUrl: '',
    secret: '',
    eventsOrderbyDir: null,
    triggers: [],
    isPublished: true,
    dateAdded: phpDate(),
    dateModified: null,
    log: [],
  };
}

function changesOf(input: HookInput): Partial<Hook> {
  const { name, description, webhookUrl, secret, eventsOrderbyDir, triggers, isPublished } = input;
  return {
    ...(name !== undefined && { name: name ?? '' }),
    ...(description !== undefined && { description }),
    ...(webhookUrl !== undefined && { webhookUrl: webhookUrl ?? '' }),
    ...(secret && { secret }),
    ...(eventsOrderbyDir !== undefined && { eventsOrderbyDir }),
    ...(triggers.length > 0 && { triggers: triggers.filter((event) => event in WEBHOOK_EVENTS) }),
    ...(isPublished !== undefined && { isPublished: toBoolean(isPublished) }),
  };
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}

function hookJson(hook: Hook): Record<string, unknown> {
  const { id, name, description, webhookUrl, secret, eventsOrderbyDir, triggers } = hook;
  return {
    isPublished: hook.isPublished,
    dateAdded: hook.dateAdded,
    dateModified: hook.dateModified,
    createdBy: 1,
    createdByUser: 'n8n Automation',
    modifiedBy: null,
    modifiedByUser: null,
    id,
    name,
    description,
    webhookUrl,
    secret,
    eventsOrderbyDir,
    category: null,
    triggers,
  };
}
