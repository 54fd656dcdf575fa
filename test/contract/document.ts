import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod/v4';
import { Router, type RouteMethod } from '../../sandbox/router';
import { amendmentOf } from './amendments';

const CONTRACTS = resolve(__dirname, '../../../shared/contracts');

const methodNames = ['get', 'put', 'post', 'patch', 'delete'] as const;
const objectSchema = z.record(z.string(), z.unknown());
const documentSchema = z.looseObject({
  paths: z.record(z.string(), objectSchema),
  components: z.looseObject({ schemas: objectSchema.optional() }).optional(),
  webhooks: z.record(z.string(), objectSchema).optional(),
  servers: z.array(z.looseObject({ url: z.string() })).optional(),
});
const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().optional(),
});

type Document = z.output<typeof documentSchema>;

/** A part of the document and where it stands in it, as a JSON pointer without `#`. */
export interface Node {
  pointer: string;
  value: Record<string, unknown>;
}

export interface Parameter {
  name: string;
  place: string;
  required: boolean;
  /** Pointer to its schema. */
  schema: string;
  /** Whether its text is JSON, of which the schema speaks. */
  isJson: boolean;
}

/** One service's OpenAPI document, with the operations found by the requests that reach them. */
export class ContractDocument {
  private readonly operations = new Router<Node>();
  private readonly basePath: string;

  constructor(
    readonly json: Document,
    private readonly slashedParameter?: string,
  ) {
    // `{siteUrl}/api/v1` or `https://host/api`: what follows the host.
    this.basePath = (json.servers?.[0]?.url ?? '').replace(/^(https?:\/\/[^/]+|\{[^}]+\})/, '');
    for (const [path, item] of Object.entries(json.paths)) {
      for (const name of methodNames) {
        const value = objectSchema.safeParse(item[name]).data;
        if (!value) continue;
        const node = { pointer: pointerOf('paths', path, name), value };
        const route = path.replace(/\{([^}]+)\}/g, (_, parameter: string) =>
          parameter === slashedParameter ? '*' : `:${parameter}`,
        );
        this.operations.on(asRouteMethod(name), route, node);
      }
    }
  }

  /** The operation that a request's method and path (below the service's address) belong to. */
  operation(method: string, path: string): { node: Node; params: Record<string, string> } | undefined {
    if (!path.startsWith(this.basePath)) return undefined;
    const route = this.operations.find(method, path.slice(this.basePath.length));
    if (!route) return undefined;
    const { '*': slashed, ...params } = route.params;
    if (this.slashedParameter !== undefined && slashed !== undefined) params[this.slashedParameter] = slashed;
    return { node: route.handler, params };
  }

  /** The operation a webhook of this name is sent as. */
  webhook(name: string): Node | undefined {
    return (
      this.json.webhooks?.[name] && this.child({ pointer: '', value: this.json }, 'webhooks', name, 'post')
    );
  }

  parameters(operation: Node): Parameter[] {
    const { parameters } = operation.value;
    const count = Array.isArray(parameters) ? parameters.length : 0;
    return Array.from({ length: count }, (_, index) => {
      const node = this.child(operation, 'parameters', String(index));
      const { name, in: place, required = false } = parameterSchema.parse(node?.value);
      const media = node && this.child(node, 'content', 'application/json');
      return {
        name,
        place,
        required,
        schema: `${(media ?? node)?.pointer}/schema`,
        isJson: media !== undefined,
      };
    });
  }

  /** Follows names down from a node, and every `$ref` on the way. */
  child(from: Node, ...names: string[]): Node | undefined {
    let node: Node | undefined = from;
    for (const name of names) {
      const value: unknown = node && Object.getOwnPropertyDescriptor(node.value, name)?.value;
      node = node && this.resolve(`${node.pointer}${pointerOf(name)}`, value);
    }
    return node;
  }

  private resolve(pointer: string, value: unknown): Node | undefined {
    if (Array.isArray(value)) return { pointer, value: { ...value } };
    const object = objectSchema.safeParse(value).data;
    if (typeof object?.$ref !== 'string') return object && { pointer, value: object };
    const names = object.$ref.slice(2).split('/').map(unescapePointer);
    return this.child({ pointer: '', value: this.json }, ...names);
  }
}

/** Whether the contracts lie beside this repository. */
export function haveContracts(): boolean {
  return existsSync(CONTRACTS);
}

/** The contract of a service, or `undefined` when there is none; throws when it is no OpenAPI document. */
export function loadContract(service: string): ContractDocument | undefined {
  const file = join(CONTRACTS, `${service}.json`);
  if (!existsSync(file)) return undefined;
  const document = documentSchema.parse(JSON.parse(readFileSync(file, 'utf8'), withoutMixed));
  const { paths, schemas, properties = {}, closed = [], slashedParameter } = amendmentOf(service);
  const known: Record<string, unknown> = { ...document.components?.schemas, ...schemas };
  for (const [name, changed] of Object.entries(properties))
    known[name] = withProperties(known[name], changed);
  for (const name of closed)
    known[name] = { ...objectSchema.parse(known[name]), additionalProperties: false };
  const amended = {
    ...document,
    paths: { ...document.paths, ...paths },
    components: { ...document.components, schemas: known },
  };
  return new ContractDocument(amended, slashedParameter);
}

function withProperties(schema: unknown, changed: Record<string, unknown>): unknown {
  const object = objectSchema.parse(schema);
  return { ...object, properties: { ...objectSchema.parse(object.properties), ...changed } };
}

/** Shopware's file has `type: mixed`, which JSON Schema does not know, for what may be anything. */
function withoutMixed(key: string, value: unknown): unknown {
  return key === 'type' && value === 'mixed' ? undefined : value;
}

/** A JSON pointer (RFC 6901) from names. */
export function pointerOf(...names: string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unescapePointer(name: string): string {
  return decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~');
}

function asRouteMethod(name: (typeof methodNames)[number]): RouteMethod {
  const methods: Record<typeof name, RouteMethod> = {
    get: 'GET',
    put: 'PUT',
    post: 'POST',
    patch: 'PATCH',
    delete: 'DELETE',
  };
  return methods[name];
}
