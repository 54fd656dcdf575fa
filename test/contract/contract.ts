import type { ErrorObject } from 'ajv/dist/2020';
import { parsePhpQuery } from '../../sandbox/php-query';
import type { LogEntry } from '../../sandbox/request-log';
import { defectsOf, type KnownDefects } from './defects';
import { haveContracts, loadContract, type ContractDocument, type Node } from './document';
import { Schemas } from './schemas';

/** Findings beyond these per call only repeat one another (`anyOf` reports every branch). */
const MOST_ERRORS = 4;

/**
 * Checks logged calls and answers against the contract of the system they went to; doubles without a contract file
 * are passed over. Gives one readable line per finding, nothing when all is well. When the contracts are not beside
 * this repository it says so loudly and finds nothing.
 */
export function validateLog(entries: readonly LogEntry[]): string[] {
  if (!haveContracts()) {
    warnAboutMissingContracts();
    return [];
  }
  return entries.flatMap((entry) => contractOf(entry.double)?.check(entry) ?? []);
}

/** Checks the body of a webhook of the given name, e.g. `checkout.session.completed`. */
export function validateWebhook(service: string, name: string, body: unknown): string[] {
  return contractOf(service)?.checkWebhook(name, body) ?? [`${service} has no contract file.`];
}

/** For `describe`: what to call when contract tests cannot run, so that nobody takes silence for success. */
export function warnAboutMissingContracts(): void {
  process.stderr.write(
    'CONTRACT CHECKS SKIPPED: the folder ../shared/contracts is not beside this repository.\n',
  );
}

class Contract {
  private readonly schemas: Schemas;
  private readonly defects: KnownDefects;

  constructor(
    service: string,
    private readonly document: ContractDocument,
  ) {
    this.schemas = new Schemas(document);
    this.defects = defectsOf(service);
  }

  check(entry: LogEntry): string[] {
    const call = `${entry.double}: ${entry.method} ${entry.path}`;
    const found = this.document.operation(entry.method, `${this.defects.pathPrefix}${entry.path}`);
    if (!found) return [`${call}: the contract has no such operation.`];
    const findings = [
      ...this.checkParameters(found.node, found.params, entry),
      ...this.checkRequestBody(found.node, entry),
      // An answer that a fault made up or withheld says nothing about the double.
      ...(entry.fault === null || entry.fault === 'after' ? this.checkAnswer(found.node, entry) : []),
    ];
    return findings.map((finding) => `${call}: ${finding}`);
  }

  checkWebhook(name: string, body: unknown): string[] {
    const node = this.document.webhook(name);
    const schema = node && this.schemaOf(this.document.child(node, 'requestBody'), 'application/json');
    if (!schema) return [`the contract has no webhook ${name}.`];
    return texts(`webhook ${name}`, this.schemas.check(schema, body));
  }

  private checkParameters(operation: Node, params: Record<string, string>, entry: LogEntry): string[] {
    const query = parsePhpQuery(
      Object.entries(entry.query).flatMap(([name, value]) =>
        [value].flat().map((text): [string, string] => [name, text]),
      ),
    );
    const given: Record<string, Record<string, unknown>> = { path: params, query, header: entry.headers };
    const declared = this.document.parameters(operation);
    const names = declared.filter(({ place }) => place === 'query').map(({ name }) => name);
    const unknown = Object.keys(query).filter((name) => !names.includes(name));
    const wrong = declared.flatMap(({ name, place, required, schema, isJson }) => {
      const value = given[place]?.[place === 'header' ? name.toLowerCase() : name];
      if (value === undefined) return required ? [`the ${place} parameter ${name} is missing.`] : [];
      const errors = isJson
        ? this.schemas.check(schema, jsonOf(value))
        : this.schemas.checkText(schema, value);
      return texts(`${place} parameter ${name}`, errors);
    });
    return [...unknown.map((name) => `the query parameter ${name} is not declared.`), ...wrong];
  }

  private checkRequestBody(operation: Node, entry: LogEntry): string[] {
    const declared = this.document.child(operation, 'requestBody');
    if (entry.body === null) return declared?.value.required === true ? ['the request has no body.'] : [];
    if (!declared) return ['the request has a body, the operation takes none.'];
    const contentType = mediaType(entry.headers['content-type']);
    const schema = this.schemaOf(declared, contentType);
    if (!schema) return [`a body of type ${contentType || 'unknown'} is not declared.`];
    const isForm = contentType === 'application/x-www-form-urlencoded';
    const body = contentType === 'multipart/form-data' ? payloadOf(String(entry.body)) : entry.body;
    const errors = isForm
      ? this.schemas.checkText(schema, parsePhpQuery(new URLSearchParams(String(entry.body))))
      : this.schemas.check(schema, body);
    const isExcused = (error: ErrorObject): boolean =>
      error.keyword === 'required' &&
      this.defects.optionalInRequests.includes(String(error.params.missingProperty));
    return texts(
      'request body',
      errors.filter((error) => !isExcused(error)),
    );
  }

  private checkAnswer(operation: Node, entry: LogEntry): string[] {
    const { status } = entry;
    const answer =
      this.document.child(operation, 'responses', String(status)) ??
      this.document.child(operation, 'responses', `${Math.floor(status / 100)}XX`) ??
      this.document.child(operation, 'responses', 'default');
    if (!answer) return this.checkUndeclared(entry);
    const contentType = mediaType(entry.responseHeaders['content-type']);
    const schema = this.schemaOf(answer, contentType);
    if (!schema) {
      const isFree =
        entry.responseBody === null ||
        answer.value.content === undefined ||
        this.defects.proxyMediaTypes.includes(contentType);
      return isFree ? [] : [`${status}: an answer of type ${contentType || 'unknown'} is not declared.`];
    }
    return this.checkAnswerBody(schema, entry);
  }

  private checkUndeclared(entry: LogEntry): string[] {
    const { undeclaredStatuses, errorSchema } = this.defects;
    if (!undeclaredStatuses.includes(entry.status)) return [`the status ${entry.status} is not declared.`];
    if (entry.status < 400 || !errorSchema) return [];
    return this.checkAnswerBody(`/components/schemas/${errorSchema}`, entry);
  }

  private checkAnswerBody(schema: string, { status, responseBody }: LogEntry): string[] {
    const { nullMeansAbsent, emptyObjectsAreLists } = this.defects;
    const body = nullMeansAbsent ? withoutNulls(responseBody) : responseBody;
    const isExcused = ({ keyword, params, data }: ErrorObject): boolean =>
      emptyObjectsAreLists &&
      keyword === 'type' &&
      params.type === 'object' &&
      Array.isArray(data) &&
      data.length === 0;
    return texts(
      `answer ${status}`,
      this.schemas.check(schema, body).filter((error) => !isExcused(error)),
    );
  }

  /** Pointer to the schema of a body of the given media type. */
  private schemaOf(holder: Node | undefined, contentType: string): string | undefined {
    const media = holder && this.document.child(holder, 'content', contentType);
    return media?.value.schema === undefined ? undefined : `${media.pointer}/schema`;
  }
}

const contracts = new Map<string, Contract | undefined>();

function contractOf(service: string): Contract | undefined {
  if (!contracts.has(service)) {
    const document = loadContract(service);
    contracts.set(service, document && new Contract(service, document));
  }
  return contracts.get(service);
}

/** A text that is no JSON stands for itself: it will not fit a schema for something else. */
function jsonOf(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return value;
  }
}

/** The JSON of a form that brings files along: its part `payload_json`, as Discord has it. */
function payloadOf(form: string): unknown {
  const [, text = ''] =
    /name="payload_json"[^\r\n]*(?:\r\n[^\r\n]+)*\r\n\r\n([\s\S]*?)\r\n--/.exec(form) ?? [];
  return jsonOf(text);
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function texts(where: string, errors: readonly ErrorObject[]): string[] {
  const all = [...new Set(errors.map((error) => `${where}${error.instancePath} ${told(error)}.`))];
  const rest = all.length - MOST_ERRORS;
  return rest > 0 ? [...all.slice(0, MOST_ERRORS), `${where}: ${rest} more findings.`] : all;
}

function told({ keyword, message, params }: ErrorObject): string {
  const detail =
    keyword === 'enum' || keyword === 'const' ? ` (${JSON.stringify(params).slice(0, 120)})` : '';
  return `${message ?? `breaks "${keyword}"`}${detail}`;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) => (entry === null ? [] : [[name, withoutNulls(entry)]])),
  );
}
