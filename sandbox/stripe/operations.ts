import { randomBytes } from 'node:crypto';
import { z } from 'zod/v4';
import type { SandboxResponse } from '../double';
import { Router } from '../router';
import type { Account } from './account';
import type { Generation } from './api-version';
import { isOver, type Subscription } from './billing-model';
import { invoiceObject, subscriptionObject } from './billing-objects';
import { chargeObject } from './charge-objects';
import { StripeError, missing } from './errors';
import { expand } from './expand';
import {
  booleanOf,
  listOf,
  metadataOf,
  missingParameter,
  refuseUnknown,
  requiredTextOf,
  textOf,
  type FormFields,
} from './form';
import { isCreatedWithin } from './created';
import { webhookEndpointSchema, type StoredEvent, type WebhookEndpoint } from './model';
import {
  customerObject,
  eventObject,
  lineItemObject,
  priceObject,
  productObject,
  sessionObject,
  webhookEndpointObject,
  type StripeObject,
} from './objects';
import { PAGE_PARAMETERS, inOrder, newestFirst, page } from './pagination';
import { sessionFilter } from './session-filter';
import type { Table } from './table';

interface OperationCall {
  account: Account;
  /** Which shape the caller's API version has. */
  generation: Generation;
  /** The id in the path, if the operation has one. */
  id: string;
  /** Query parameters of a GET, body of a POST. */
  fields: FormFields;
}

interface Operation {
  /** Parameters it takes besides `expand`. */
  parameters: readonly string[];
  run: (call: OperationCall) => StripeObject;
}

const MOST_EVENT_TYPES = 20;

/** The part of Stripe's API that the double has. */
const operations = new Router<Operation>();

const read = (path: string, parameters: readonly string[], run: Operation['run']): Router<Operation> =>
  operations.on('GET', path, { parameters, run });

read(
  '/v1/checkout/sessions',
  [...PAGE_PARAMETERS, 'created', 'customer', 'customer_details', 'payment_intent', 'status', 'subscription'],
  ({ account, fields }) =>
    page(newestFirst(account.sessions), fields, {
      url: '/v1/checkout/sessions',
      kind: 'checkout.session',
      toObject: sessionObject,
      isWanted: sessionFilter(fields),
    }),
);

read('/v1/checkout/sessions/:id', [], ({ account, id }) => sessionObject(sessionOf(account, id)));

read('/v1/checkout/sessions/:id/line_items', PAGE_PARAMETERS, ({ account, id, fields }) => {
  const session = sessionOf(account, id);
  return page(inOrder(session.items), fields, {
    url: `/v1/checkout/sessions/${id}/line_items`,
    kind: 'line item',
    toObject: (item) => lineItemObject(item, session, account),
  });
});

read('/v1/products', [...PAGE_PARAMETERS, 'active', 'ids'], ({ account, fields }) => {
  const active = booleanOf(fields, 'active');
  const ids = listOf(fields, 'ids');
  return page(newestFirst(account.products), fields, {
    url: '/v1/products',
    kind: 'product',
    toObject: productObject,
    isWanted: (product) =>
      (active === undefined || product.active === active) && (!ids || ids.includes(product.id)),
  });
});

read('/v1/products/:id', [], ({ account, id }) =>
  productObject(found(account.products, 'product', id, 'id')),
);
read('/v1/prices', [...PAGE_PARAMETERS, 'active', 'product', 'type'], ({ account, fields }) => {
  const active = booleanOf(fields, 'active');
  const product = textOf(fields, 'product');
  const type = textOf(fields, 'type');
  return page(newestFirst(account.prices), fields, {
    url: '/v1/prices',
    kind: 'price',
    toObject: priceObject,
    isWanted: (price) =>
      (active === undefined || price.active === active) &&
      (product === undefined || price.productId === product) &&
      (type === undefined || priceObject(price).type === type),
  });
});

read('/v1/prices/:id', [], ({ account, id }) => priceObject(found(account.prices, 'price', id, 'price')));

read('/v1/customers', [...PAGE_PARAMETERS, 'created', 'email'], ({ account, fields }) => {
  const email = textOf(fields, 'email');
  const isWithin = isCreatedWithin(fields.created);
  return page(newestFirst(account.customers), fields, {
    url: '/v1/customers',
    kind: 'customer',
    toObject: customerObject,
    // The address is compared as it was written, upper and lower case apart.
    isWanted: (customer) =>
      !customer.deleted && (email === undefined || customer.email === email) && isWithin(customer.created),
  });
});

read('/v1/customers/:id', [], ({ account, id }) =>
  customerObject(found(account.customers, 'customer', id, 'customer')),
);

read(
  '/v1/subscriptions',
  [...PAGE_PARAMETERS, 'created', 'customer', 'price', 'status'],
  ({ account, generation, fields }) =>
    page(newestFirst(account.subscriptions), fields, {
      url: '/v1/subscriptions',
      kind: 'subscription',
      toObject: (subscription) => subscriptionObject(subscription, account, generation),
      isWanted: subscriptionFilter(fields),
    }),
);

read('/v1/subscriptions/:id', [], ({ account, generation, id }) =>
  subscriptionObject(found(account.subscriptions, 'subscription', id, 'id'), account, generation),
);
read('/v1/invoices/:id', [], ({ account, generation, id }) =>
  invoiceObject(found(account.invoices, 'invoice', id, 'id'), account, generation),
);
read('/v1/charges/:id', [], ({ account, generation, id }) =>
  chargeObject(found(account.charges, 'charge', id, 'id'), generation),
);

read(
  '/v1/events',
  [...PAGE_PARAMETERS, 'created', 'delivery_success', 'type', 'types'],
  ({ account, fields }) =>
    page(newestFirst(account.events), fields, {
      url: '/v1/events',
      kind: 'event',
      toObject: eventObject,
      isWanted: eventFilter(fields),
    }),
);

read('/v1/events/:id', [], ({ account, id }) => eventObject(found(account.events, 'event', id, 'id')));

read('/v1/webhook_endpoints', PAGE_PARAMETERS, ({ account, fields }) =>
  page(newestFirst(account.webhookEndpoints), fields, {
    url: '/v1/webhook_endpoints',
    kind: 'webhook endpoint',
    toObject: webhookEndpointObject,
  }),
);

read('/v1/webhook_endpoints/:id', [], ({ account, id }) => webhookEndpointObject(endpointOf(account, id)));

operations.on('POST', '/v1/webhook_endpoints', {
  parameters: ['url', 'enabled_events', 'api_version', 'connect', 'description', 'metadata'],
  run({ account, fields }) {
    const enabledEvents = listOf(fields, 'enabled_events');
    if (!enabledEvents?.length) throw missingParameter('enabled_events');
    const endpoint = webhookEndpointSchema.parse({
      url: addressOf(requiredTextOf(fields, 'url')),
      secret: `whsec_${randomBytes(24).toString('hex')}`,
      enabled_events: enabledEvents,
      description: textOf(fields, 'description') || null,
      api_version: textOf(fields, 'api_version') ?? null,
      metadata: withoutEmpty(metadataOf(fields) ?? {}),
    });
    account.webhookEndpoints.set(endpoint.id, endpoint);
    return { ...webhookEndpointObject(endpoint), secret: endpoint.secret };
  },
});

operations.on('POST', '/v1/webhook_endpoints/:id', {
  parameters: ['url', 'enabled_events', 'disabled', 'description', 'metadata'],
  run({ account, id, fields }) {
    const old = endpointOf(account, id);
    const url = textOf(fields, 'url');
    const description = textOf(fields, 'description');
    const disabled = booleanOf(fields, 'disabled');
    const endpoint: WebhookEndpoint = {
      ...old,
      url: url === undefined ? old.url : addressOf(url),
      enabled_events: listOf(fields, 'enabled_events') ?? old.enabled_events,
      description: description === undefined ? old.description : description || null,
      status: disabled === undefined ? old.status : disabled ? 'disabled' : 'enabled',
      metadata: fields.metadata === '' ? {} : withoutEmpty({ ...old.metadata, ...metadataOf(fields) }),
    };
    account.webhookEndpoints.set(id, endpoint);
    return webhookEndpointObject(endpoint);
  },
});

operations.on('DELETE', '/v1/webhook_endpoints/:id', {
  parameters: [],
  run({ account, id }) {
    account.webhookEndpoints.delete(endpointOf(account, id).id);
    return { id, object: 'webhook_endpoint', deleted: true };
  },
});

/** Carries out one call; throws {@link StripeError} for everything that Stripe would refuse. */
export function runOperation(
  account: Account,
  call: { method: string; path: string; fields: FormFields; generation: Generation },
): SandboxResponse {
  const route = operations.find(call.method, call.path);
  if (!route) {
    throw new StripeError(
      404,
      `Unrecognized request URL (${call.method}: ${call.path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
    );
  }
  refuseUnknown(call.fields, [...route.handler.parameters, 'expand']);
  const paths = listOf(call.fields, 'expand') ?? [];
  const { fields, generation } = call;
  const object = route.handler.run({ account, generation, id: route.params.id ?? '', fields });
  return { status: 200, body: expand(object, paths, { account, generation }) };
}

function eventFilter(fields: FormFields): (event: StoredEvent) => boolean {
  const type = textOf(fields, 'type');
  const types = listOf(fields, 'types');
  if (type !== undefined && types) {
    throw new StripeError(400, 'You may only specify one of these parameters: type, types.', {
      param: 'types',
    });
  }
  if (types && types.length > MOST_EVENT_TYPES) {
    throw new StripeError(400, `Array types exceeded maximum ${MOST_EVENT_TYPES} allowed elements.`, {
      param: 'types',
    });
  }
  const deliverySuccess = booleanOf(fields, 'delivery_success');
  const isWithin = isCreatedWithin(fields.created);
  return (event) =>
    (type === undefined || matchesType(event.type, type)) &&
    (!types || types.includes(event.type)) &&
    (deliverySuccess === undefined || isDelivered(event) === deliverySuccess) &&
    isWithin(event.created);
}

/** Without a `status`, canceled subscriptions are left out. */
function subscriptionFilter(fields: FormFields): (subscription: Subscription) => boolean {
  const status = textOf(fields, 'status');
  const customer = textOf(fields, 'customer');
  const price = textOf(fields, 'price');
  const isWithin = isCreatedWithin(fields.created);
  const hasStatus = (subscription: Subscription): boolean => {
    if (status === undefined) return subscription.status !== 'canceled';
    if (status === 'ended') return isOver(subscription);
    return status === 'all' || subscription.status === status;
  };
  return (subscription) =>
    hasStatus(subscription) &&
    (customer === undefined || subscription.customerId === customer) &&
    (price === undefined || subscription.items.some(({ priceId }) => priceId === price)) &&
    isWithin(subscription.created);
}

/** A type may end in a wildcard: `checkout.session.*`. */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** Whether every endpoint has taken it; an event that was never sent has not been delivered. */
function isDelivered(event: StoredEvent): boolean {
  return event.deliveries.length > 0 && event.deliveries.every((delivery) => delivery.state === 'delivered');
}

function sessionOf(account: Account, id: string) {
  return found(account.sessions, 'checkout.session', id, 'session');
}

function endpointOf(account: Account, id: string): WebhookEndpoint {
  return found(account.webhookEndpoints, 'webhook endpoint', id, 'webhook_endpoint');
}

function found<Entry extends { id: string }>(
  table: Table<Entry>,
  kind: string,
  id: string,
  param: string,
): Entry {
  const entry = table.get(id);
  if (!entry) throw missing(kind, id, param);
  return entry;
}

function addressOf(url: string): string {
  if (z.url({ protocol: /^https?$/ }).safeParse(url).success) return url;
  throw new StripeError(400, 'Invalid URL: An explicit scheme (such as https) must be provided.', {
    code: 'url_invalid',
    param: 'url',
  });
}

/** An empty value unsets its key. */
function withoutEmpty(metadata: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== ''));
}
