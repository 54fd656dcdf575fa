/** What a contract file leaves out or gets wrong, as parts of an OpenAPI document that go over it. */
interface Amendment {
  paths?: Record<string, Record<string, unknown>>;
  schemas?: Record<string, unknown>;
  /** Properties of the file's own schemas, by the schema's name. */
  properties?: Record<string, Record<string, unknown>>;
  /** The file's own schemas that have no fields but those that are declared, which it does not say of any. */
  closed?: readonly string[];
  /** Name of the path parameter whose values may hold slashes, which OpenAPI cannot say. */
  slashedParameter?: string;
}

const text = { type: 'string' };

const CONTACT = { $ref: '#/components/schemas/Contact' };

/** The envelope of Twenty's REST API for everything that goes wrong (http-exception-handler.service.ts). */
const REFUSAL = {
  type: 'object',
  required: ['statusCode', 'error', 'messages'],
  properties: {
    statusCode: { type: 'integer' },
    error: text,
    messages: { type: 'array', items: text },
  },
};

const RESTORE = {
  parameters: [{ name: 'depth', in: 'query', schema: { type: 'integer' } }],
  responses: {
    200: json({
      type: 'object',
      required: ['data'],
      properties: {
        data: {
          type: 'object',
          required: ['restorePerson'],
          properties: { restorePerson: { $ref: '#/components/schemas/PersonForResponse' } },
        },
      },
    }),
    400: json(REFUSAL),
  },
};

const OBJECTS = {
  type: 'array',
  items: { type: 'object', required: ['id', 'nameSingular', 'namePlural', 'fields'] },
};

/** docs.stripe.com/api/payment_intents/object, as far as it is read here. */
const EXPANDED_PAYMENT = {
  anyOf: [
    { type: ['string', 'null'] },
    {
      type: 'object',
      required: ['id', 'object', 'latest_charge', 'status'],
      properties: {
        id: text,
        object: { const: 'payment_intent' },
        latest_charge: { anyOf: [{ type: ['string', 'null'] }, { $ref: '#/components/schemas/charge' }] },
        status: text,
      },
    },
  ],
};

/** A set of rights: the file has a number in requests, the documentation text (x-known-defects of the file). */
const BITS = { type: ['string', 'integer', 'null'] };
const SNOWFLAKE = { $ref: '#/components/schemas/SnowflakeType' };
const DISCORD_ERRORS = {
  429: { $ref: '#/components/responses/ClientRatelimitedResponse' },
  '4XX': { $ref: '#/components/responses/ClientErrorResponse' },
};
const GUILD_MEMBERS = { type: 'array', items: { $ref: '#/components/schemas/GuildMemberResponse' } };
const ONE_MESSAGE = json({ $ref: '#/components/schemas/MessageResponse' });

/** What is answered to a change of a scheduled mail (`UpdateEmailResponseSuccess`, `CancelEmailResponseSuccess` of resend 6). */
const CHANGED_EMAIL = {
  type: 'object',
  required: ['object', 'id'],
  additionalProperties: false,
  properties: { object: { const: 'email' }, id: text },
};
const EMAIL_ID = { name: 'email_id', in: 'path', required: true, schema: text };

const AMENDMENTS: Readonly<Record<string, Amendment>> = {
  stripe: {
    paths: {
      // The file has single sessions, products and prices only (docs.stripe.com/api/checkout/sessions/list,
      // docs.stripe.com/api/products/list, docs.stripe.com/api/prices/list).
      '/v1/checkout/sessions': stripeList('checkout.session', {
        created: { anyOf: [{ $ref: '#/components/schemas/rangequeryparam' }, { type: 'integer' }] },
        customer: text,
        customer_details: {
          type: 'object',
          required: ['email'],
          additionalProperties: false,
          properties: { email: text },
        },
        payment_intent: text,
        status: { type: 'string', enum: ['complete', 'expired', 'open'] },
        subscription: text,
      }),
      '/v1/products': stripeList('product', {
        active: { type: 'boolean' },
        ids: { type: 'array', items: text },
      }),
      '/v1/prices': stripeList('price', {
        active: { type: 'boolean' },
        product: text,
        type: { type: 'string', enum: ['one_time', 'recurring'] },
      }),
    },
    properties: {
      // The file has no payment intents, and so leaves out what they look like where they are expanded.
      'checkout.session': { payment_intent: EXPANDED_PAYMENT },
    },
  },
  resend: {
    // Of what is sent: Resend passes over a field that it does not know, so that a misspelt one would be lost.
    closed: [
      ...['SendEmailRequest', 'Attachment', 'Tag', 'EmailTemplateInput', 'UpdateEmailOptions'],
      ...['CreateWebhookRequest', 'UpdateWebhookRequest'],
    ],
    paths: {
      // The file has the request's body as the answer, and the mail as the answer to its cancellation.
      '/emails/{email_id}': {
        get: {
          parameters: [EMAIL_ID],
          responses: { 200: json({ $ref: '#/components/schemas/Email' }) },
        },
        patch: {
          parameters: [EMAIL_ID],
          requestBody: { required: true, ...json({ $ref: '#/components/schemas/UpdateEmailOptions' }) },
          responses: { 200: json(CHANGED_EMAIL) },
        },
      },
      '/emails/{email_id}/cancel': {
        post: { parameters: [EMAIL_ID], responses: { 200: json(CHANGED_EMAIL) } },
      },
    },
    schemas: {
      // The envelope of all errors (resend.com/docs/api-reference/errors).
      Refusal: {
        type: 'object',
        required: ['statusCode', 'name', 'message'],
        additionalProperties: false,
        properties: { statusCode: { type: 'integer' }, name: text, message: text },
      },
      // In permissive batches there are errors besides (`x-batch-validation`).
      CreateBatchEmailsResponse: {
        type: 'object',
        required: ['data'],
        additionalProperties: false,
        properties: {
          data: { type: 'array', items: { type: 'object', required: ['id'], properties: { id: text } } },
          errors: {
            type: 'array',
            items: {
              type: 'object',
              required: ['index', 'message'],
              properties: { index: { type: 'integer' }, message: text },
            },
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
  espocrm: {
    paths: {
      // The file has leads only. Contacts are read in the same way; their fields are those of entityDefs/Contact.json.
      '/Contact': {
        get: {
          parameters: asInLeadList(13),
          responses: {
            200: json({
              type: 'object',
              required: ['total', 'list'],
              properties: { total: { type: 'integer' }, list: { type: 'array', items: CONTACT } },
            }),
            400: asInLeads('get/responses/400'),
            401: asInLeads('get/responses/401'),
            403: asInLeads('get/responses/403'),
          },
        },
      },
      '/Contact/{id}': {
        get: {
          responses: {
            200: json(CONTACT),
            401: asInLeads('get/responses/401'),
            403: asInLeads('get/responses/403'),
            404: { description: 'no such record' },
          },
        },
      },
      // Any part of the metadata, by the names that lead to it; nothing at all for what there is not or may not be seen
      // (Controllers/Metadata.php, Tools/App/MetadataService.php).
      '/Metadata': {
        get: {
          parameters: [{ name: 'key', in: 'query', schema: text }],
          responses: {
            200: json({ type: ['object', 'array', 'string', 'number', 'boolean'] }),
            401: asInLeads('get/responses/401'),
            403: asInLeads('get/responses/403'),
          },
        },
      },
    },
    schemas: { Contact: contactSchema() },
  },
  discord: {
    // The file leaves these out (docs: resources/guild, resources/message, resources/user).
    paths: {
      '/guilds/{guild_id}/members': discordGet(['guild_id'], GUILD_MEMBERS, {
        limit: { type: 'integer', minimum: 1, maximum: 1000 },
        after: SNOWFLAKE,
      }),
      '/guilds/{guild_id}/members/search': discordGet(['guild_id'], GUILD_MEMBERS, {
        limit: { type: 'integer', minimum: 1, maximum: 1000 },
        query: { type: 'string', minLength: 1 },
      }),
      '/guilds/{guild_id}/members/{user_id}': discordGet(['guild_id', 'user_id'], GUILD_MEMBERS.items),
      '/channels/{channel_id}/messages/{message_id}': {
        ...discordGet(['channel_id', 'message_id'], { $ref: '#/components/schemas/MessageResponse' }),
        patch: {
          parameters: pathParameters(['channel_id', 'message_id']),
          requestBody: {
            required: true,
            content: Object.fromEntries(
              ['application/json', 'multipart/form-data'].map((type) => [
                type,
                { schema: { $ref: '#/components/schemas/MessageCreateRequest' } },
              ]),
            ),
          },
          responses: { 200: ONE_MESSAGE, ...DISCORD_ERRORS },
        },
        delete: {
          parameters: pathParameters(['channel_id', 'message_id']),
          responses: { 204: {}, ...DISCORD_ERRORS },
        },
      },
      // Files are at the CDN's address, which the sandbox has below its own (docs: reference, "Signed Attachment CDN URLs").
      '/attachments/{channel_id}/{file_id}/{name}': {
        get: {
          parameters: [
            ...pathParameters(['channel_id', 'file_id']),
            { name: 'name', in: 'path', required: true, schema: { type: 'string' } },
            ...['ex', 'is', 'hm'].map((name) => ({
              name,
              in: 'query',
              required: true,
              schema: { type: 'string', pattern: '^[0-9a-f]+$' },
            })),
          ],
          responses: { 200: {}, 404: {} },
        },
      },
      '/users/@me/channels': {
        post: {
          requestBody: {
            required: true,
            ...json({ type: 'object', required: ['recipient_id'], properties: { recipient_id: SNOWFLAKE } }),
          },
          responses: {
            200: json({ $ref: '#/components/schemas/PrivateChannelResponse' }),
            ...DISCORD_ERRORS,
          },
        },
      },
      '/channels/{channel_id}/permissions/{overwrite_id}': {
        put: {
          parameters: pathParameters(['channel_id', 'overwrite_id']),
          requestBody: {
            required: true,
            ...json({
              type: 'object',
              required: ['type'],
              properties: { type: { enum: [0, 1] }, allow: BITS, deny: BITS },
            }),
          },
          responses: { 204: {}, ...DISCORD_ERRORS },
        },
        delete: {
          parameters: pathParameters(['channel_id', 'overwrite_id']),
          responses: { 204: {}, ...DISCORD_ERRORS },
        },
      },
    },
    properties: { ChannelPermissionOverwriteRequest: { allow: BITS, deny: BITS } },
    // Of what is sent: Discord passes over a field that it does not know, so that a misspelt one would be lost.
    closed: ['MessageCreateRequest', 'CreateGuildChannelRequest', 'ModalInteractionCallbackRequestData'],
    schemas: {
      // The file has one shape for all errors. In a form's tree the codes are words, and limits have a code only
      // sometimes (docs.discord.com/developers/reference, topics/rate-limits).
      InnerErrors: {
        type: 'object',
        required: ['_errors'],
        additionalProperties: false,
        properties: {
          _errors: {
            type: 'array',
            items: {
              type: 'object',
              required: ['code', 'message'],
              properties: { code: text, message: text },
            },
          },
        },
      },
      RatelimitedResponse: {
        type: 'object',
        required: ['message', 'retry_after', 'global'],
        properties: {
          message: text,
          retry_after: { type: 'number' },
          global: { type: 'boolean' },
          code: { type: 'integer' },
        },
      },
    },
  },
  windmill: {
    slashedParameter: 'path',
    // The file has jobs only; the lists are those of windmill-client 1.818.0 (listScripts, listFlows), as far as used.
    paths: {
      '/w/{workspace}/scripts/list': windmillList([{ name: 'kinds', in: 'query', schema: text }], {
        kind: { enum: ['script', 'failure', 'trigger', 'command', 'approval', 'preprocessor'] },
      }),
      '/w/{workspace}/flows/list': windmillList([], {}),
    },
  },
  twenty: {
    paths: {
      // Later than the file; the path has changed since (rest-api-core.controller.ts).
      '/rest/restore/people/{id}': { patch: RESTORE },
      '/rest/people/{id}/restore': { patch: RESTORE },
      // The file has the data only. Older servers have the list below its name (object-metadata.controller.ts).
      '/rest/metadata/objects': {
        get: {
          parameters: [
            { name: 'limit', in: 'query', schema: { type: 'integer' } },
            { name: 'starting_after', in: 'query', schema: text },
            { name: 'ending_before', in: 'query', schema: text },
          ],
          responses: {
            200: json({
              type: 'object',
              required: ['data', 'pageInfo', 'totalCount'],
              properties: {
                data: { anyOf: [OBJECTS, { type: 'object', properties: { objects: OBJECTS } }] },
              },
            }),
            400: json(REFUSAL),
            401: json({ type: 'object', required: ['statusCode', 'error'] }),
          },
        },
      },
    },
    // Thrown by the rate limit besides: limitKind, scope and the like.
    schemas: { Refusal: REFUSAL },
  },
};

export function amendmentOf(service: string): Amendment {
  return AMENDMENTS[service] ?? {};
}

function json(schema: object): object {
  return { content: { 'application/json': { schema } } };
}

function pathParameters(names: readonly string[]): object[] {
  return names.map((name) => ({ name, in: 'path', required: true, schema: SNOWFLAKE }));
}

function discordGet(
  ids: readonly string[],
  schema: object,
  query: Readonly<Record<string, object>> = {},
): Record<string, unknown> {
  const inQuery = Object.entries(query).map(([name, of]) => ({ name, in: 'query', schema: of }));
  return {
    get: {
      parameters: [...pathParameters(ids), ...inQuery],
      responses: { 200: json(schema), ...DISCORD_ERRORS },
    },
  };
}

/** A list of Stripe's, whose envelope and paging are the same everywhere. */
function stripeList(schema: string, parameters: Record<string, object>): Record<string, unknown> {
  const all = {
    ...parameters,
    ending_before: text,
    expand: { type: 'array', items: text },
    limit: { type: 'integer' },
    starting_after: text,
  };
  return {
    get: {
      parameters: Object.entries(all).map(([name, of]) => ({ name, in: 'query', schema: of })),
      responses: {
        200: json({
          type: 'object',
          required: ['object', 'data', 'has_more', 'url'],
          properties: {
            object: { const: 'list' },
            data: { type: 'array', items: { $ref: `#/components/schemas/${schema}` } },
            has_more: { type: 'boolean' },
            url: text,
          },
        }),
        default: json({ $ref: '#/components/schemas/error' }),
      },
    },
  };
}

/** A part of what EspoCRM's file says about the list of leads. */
function asInLeads(pointer: string): object {
  return { $ref: `#/paths/~1Lead/${pointer}` };
}

/** The first so many parameters of that list. */
function asInLeadList(count: number): object[] {
  return Array.from({ length: count }, (_, index) => asInLeads(`get/parameters/${index}`));
}

/** A contact has most of its fields in common with a lead. */
function contactSchema(): object {
  const shared = [
    ...['id', 'name', 'salutationName', 'firstName', 'lastName', 'description', 'doNotCall', 'deleted'],
    ...['emailAddress', 'emailAddressData', 'emailAddressIsOptedOut', 'emailAddressIsInvalid'],
    ...['phoneNumber', 'phoneNumberData', 'phoneNumberIsOptedOut', 'phoneNumberIsInvalid'],
    ...['createdAt', 'createdById', 'createdByName', 'modifiedAt', 'modifiedById', 'modifiedByName'],
    ...['addressStreet', 'addressCity', 'addressState', 'addressCountry', 'addressPostalCode'],
    ...['assignedUserId', 'assignedUserName', 'teamsIds', 'teamsNames', 'campaignId', 'campaignName'],
  ];
  const own = ['accountId', 'accountName', 'originalLeadId', 'originalLeadName'];
  return {
    type: 'object',
    required: ['id'],
    properties: {
      ...Object.fromEntries(
        shared.map((name) => [name, { $ref: `#/components/schemas/Lead/properties/${name}` }]),
      ),
      ...Object.fromEntries(own.map((name) => [name, { type: ['string', 'null'] }])),
    },
    additionalProperties: false,
  };
}

/** How Windmill lists scripts and flows alike. */
function windmillList(parameters: object[], properties: Record<string, object>): Record<string, unknown> {
  const shared = { path: text, summary: text, description: text, archived: { type: 'boolean' } };
  const all = { ...shared, ...properties };
  return {
    get: {
      parameters: [
        { $ref: '#/components/parameters/WorkspaceId' },
        { name: 'page', in: 'query', schema: { type: 'integer' } },
        { name: 'per_page', in: 'query', schema: { type: 'integer' } },
        { name: 'path_start', in: 'query', schema: text },
        ...parameters,
      ],
      responses: {
        200: json({
          type: 'array',
          items: { type: 'object', required: Object.keys(all), properties: all },
        }),
        401: { $ref: '#/components/responses/TextError' },
        403: { $ref: '#/components/responses/TextError' },
      },
    },
  };
}
