import { randomUUID } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxResponse } from '../double';
import { invalid, missingField, notFound } from './errors';
import { listed } from './listing';
import type { ResendState, Template, TemplateContent, Variable } from './state';
import { resendTime } from './times';

const MOST_VARIABLES = 50;
const LONGEST_VALUE = 2_000;
const KEY = /^[A-Za-z0-9_]{1,50}$/;
const RESERVED = [
  'FIRST_NAME',
  'LAST_NAME',
  'EMAIL',
  'UNSUBSCRIBE_URL',
  'RESEND_UNSUBSCRIBE_URL',
  'contact',
  'this',
];

/** What a request to send has of its own. */
interface Given {
  from?: string | undefined;
  subject?: string | undefined;
  reply_to?: string[] | undefined;
  html?: string | undefined;
  text?: string | undefined;
}

/**
 * A request with the content of its template; what the request itself says goes before.
 * @throws ResendError when there is no such published template, or a variable has no value
 */
export function applyTemplate<Request extends Given>(
  state: ResendState,
  asked: { id: string; variables?: Record<string, string | number> | undefined },
  request: Request,
): Request & { templateId: string } {
  if (request.html !== undefined || request.text !== undefined) {
    throw invalid('The `template` field cannot be used together with `html` or `text`.');
  }
  const template = find(state, asked.id);
  const { published } = template;
  if (!published) throw invalid(`The template "${asked.id}" is not published.`);
  const values = valuesOf(published, asked.variables ?? {});
  const filled = (text: string): string =>
    text.replace(/\{\{\{\s*([A-Za-z0-9_]+)\s*\}\}\}/g, (whole, key: string) => values.get(key) ?? whole);
  const { from = published.from ?? undefined, subject = published.subject ?? undefined } = request;
  const replyTo = request.reply_to ?? (published.replyTo.length > 0 ? published.replyTo : undefined);
  return {
    ...request,
    from,
    subject: subject === undefined ? undefined : filled(subject),
    reply_to: replyTo,
    html: filled(published.html),
    text: published.text === null ? undefined : filled(published.text),
    templateId: template.id,
  };
}

function valuesOf(
  { variables }: TemplateContent,
  given: Record<string, string | number>,
): Map<string, string> {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(given)) {
    if (String(value).length > LONGEST_VALUE) {
      throw invalid(`The value of the variable "${key}" has more than ${LONGEST_VALUE} characters.`);
    }
    values.set(key, String(value));
  }
  for (const { key, fallback } of variables) {
    if (values.has(key)) continue;
    if (fallback === undefined) throw invalid(`Missing value for the template variable "${key}".`);
    values.set(key, typeof fallback === 'string' ? fallback : JSON.stringify(fallback));
  }
  return values;
}

const text = z.string();
const variableSchema = z.object({
  key: text,
  type: z.enum(['string', 'number', 'boolean', 'object', 'list']),
  fallback_value: z.json().optional(),
});
const changeSchema = z.object({
  name: text.optional(),
  alias: text.optional(),
  from: text.optional(),
  subject: text.optional(),
  reply_to: z.array(text).optional(),
  html: text.optional(),
  text: text.optional(),
  variables: z.array(variableSchema).max(MOST_VARIABLES).optional(),
});
type Change = z.output<typeof changeSchema>;

/** The templates of a team: `/templates`. A change reaches mails only when it is published. */
export class Templates {
  constructor(private readonly state: ResendState) {}

  list(query: URLSearchParams): SandboxResponse {
    const entries = this.state.templates.all().reverse();
    return listed(query, entries, (template) => ({
      id: template.id,
      name: template.name,
      status: template.published ? 'published' : 'draft',
      ...timesOf(template),
      ...(template.alias !== null && { alias: template.alias }),
    }));
  }

  get(idOrAlias: string): SandboxResponse {
    const template = find(this.state, idOrAlias);
    const { draft, published } = template;
    return {
      status: 200,
      body: {
        object: 'template',
        id: template.id,
        current_version_id: template.id,
        name: template.name,
        alias: template.alias,
        from: draft.from,
        subject: draft.subject,
        reply_to: draft.replyTo.length > 0 ? draft.replyTo : null,
        html: draft.html,
        text: draft.text,
        variables: draft.variables.map(({ key, type, fallback }) => ({
          id: `${template.id}-${key}`,
          key,
          type,
          ...(fallback !== undefined && { fallback_value: fallback }),
          created_at: resendTime(template.createdAt),
          updated_at: resendTime(template.updatedAt),
        })),
        status: published ? 'published' : 'draft',
        ...timesOf(template),
        has_unpublished_versions: JSON.stringify(draft) !== JSON.stringify(published),
      },
    };
  }

  create(body: unknown): SandboxResponse {
    const change = parse(body);
    if (change.name === undefined) throw missingField('name');
    if (change.html === undefined) throw missingField('html');
    this.checkAlias(change.alias);
    const at = new Date().toISOString();
    const draft = contentOf(change, {
      html: change.html,
      from: null,
      subject: null,
      replyTo: [],
      text: null,
      variables: [],
    });
    const template: Template = {
      id: randomUUID(),
      name: change.name,
      alias: change.alias ?? null,
      draft,
      published: null,
      publishedAt: null,
      createdAt: at,
      updatedAt: at,
    };
    return answer(this.state.templates.put(template), 201);
  }

  update(idOrAlias: string, body: unknown): SandboxResponse {
    const template = find(this.state, idOrAlias);
    const change = parse(body);
    if (change.alias !== template.alias) this.checkAlias(change.alias);
    return answer(
      this.state.templates.put({
        ...template,
        name: change.name ?? template.name,
        alias: change.alias ?? template.alias,
        draft: contentOf(change, template.draft),
        updatedAt: new Date().toISOString(),
      }),
    );
  }

  publish(idOrAlias: string): SandboxResponse {
    const template = find(this.state, idOrAlias);
    const publishedAt = new Date().toISOString();
    return answer(this.state.templates.put({ ...template, published: template.draft, publishedAt }));
  }

  duplicate(idOrAlias: string): SandboxResponse {
    const template = find(this.state, idOrAlias);
    const at = new Date().toISOString();
    const copy = { ...template, id: randomUUID(), name: `${template.name} (copy)`, alias: null };
    return answer(
      this.state.templates.put({ ...copy, published: null, publishedAt: null, createdAt: at, updatedAt: at }),
    );
  }

  remove(idOrAlias: string): SandboxResponse {
    const { id } = find(this.state, idOrAlias);
    this.state.templates.delete(id);
    return { status: 200, body: { object: 'template', id, deleted: true } };
  }

  private checkAlias(alias: string | undefined): void {
    if (alias !== undefined && this.state.templates.all().some((other) => other.alias === alias)) {
      throw invalid(`The alias "${alias}" is already in use.`);
    }
  }
}

function find({ templates }: ResendState, idOrAlias: string): Template {
  const template = templates.get(idOrAlias) ?? templates.all().find(({ alias }) => alias === idOrAlias);
  if (!template) throw notFound('Template');
  return template;
}

function parse(body: unknown): Change {
  const { data, error } = changeSchema.safeParse(body ?? {});
  if (!data) throw invalid(`Invalid \`${String(error.issues[0]?.path[0] ?? 'body')}\` field.`);
  for (const { key } of data.variables ?? []) {
    if (!KEY.test(key) || RESERVED.includes(key)) throw invalid(`The variable key "${key}" is not allowed.`);
  }
  return data;
}

function contentOf(change: Change, content: TemplateContent): TemplateContent {
  const variables = change.variables?.map(({ key, type, fallback_value: fallback }): Variable => ({
    key,
    type,
    ...(fallback !== undefined && { fallback }),
  }));
  return {
    from: change.from ?? content.from,
    subject: change.subject ?? content.subject,
    replyTo: change.reply_to ?? content.replyTo,
    html: change.html ?? content.html,
    text: change.text ?? content.text,
    variables: variables ?? content.variables,
  };
}

function timesOf({ createdAt, updatedAt, publishedAt }: Template): Record<string, string | null> {
  return {
    created_at: resendTime(createdAt),
    updated_at: resendTime(updatedAt),
    published_at: publishedAt === null ? null : resendTime(publishedAt),
  };
}

function answer({ id }: Template, status = 200): SandboxResponse {
  return { status, body: { object: 'template', id } };
}
