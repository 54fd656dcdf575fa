/** What a contract file leaves out or gets wrong, as parts of an OpenAPI document that go over it. */
interface Amendment {
  paths?: Record<string, Record<string, unknown>>;
  schemas?: Record<string, unknown>;
}

const text = { type: 'string' };

const AMENDMENTS: Readonly<Record<string, Amendment>> = {
  stripe: {
    paths: {
      // The file has single products only; the envelope is that of every list (docs.stripe.com/api/products/list).
      '/v1/products': {
        get: {
          parameters: [
            { name: 'active', in: 'query', schema: { type: 'boolean' } },
            { name: 'ending_before', in: 'query', schema: text },
            { name: 'expand', in: 'query', schema: { type: 'array', items: text } },
            { name: 'ids', in: 'query', schema: { type: 'array', items: text } },
            { name: 'limit', in: 'query', schema: { type: 'integer' } },
            { name: 'starting_after', in: 'query', schema: text },
          ],
          responses: {
            200: json({
              type: 'object',
              required: ['object', 'data', 'has_more', 'url'],
              properties: {
                object: { const: 'list' },
                data: { type: 'array', items: { $ref: '#/components/schemas/product' } },
                has_more: { type: 'boolean' },
                url: text,
              },
            }),
            default: json({ $ref: '#/components/schemas/error' }),
          },
        },
      },
    },
  },
  shopware: {
    schemas: {
      // In the file `meta` has to be an object and a list at once, and errors of libraries (OAuth, database) and
      // violations, which have neither title nor meta or a template besides, do not fit (ErrorResponseFactory).
      error: {
        type: 'object',
        required: ['code', 'status'],
        additionalProperties: false,
        properties: {
          code: text,
          status: { type: 'string', pattern: '^[45]\\d\\d$' },
          title: text,
          detail: text,
          template: text,
          meta: { type: 'object', properties: { parameters: { type: ['array', 'object'] } } },
          source: { type: 'object', required: ['pointer'], properties: { pointer: text } },
        },
      },
    },
  },
};

export function amendmentOf(service: string): Amendment {
  return AMENDMENTS[service] ?? {};
}

function json(schema: object): object {
  return { content: { 'application/json': { schema } } };
}
