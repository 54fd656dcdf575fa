import type { Json } from '../double';
import type { Settings } from './state';

/** A team on a paid plan, which has no daily quota. */
export const FRESH_SETTINGS: Settings = {
  requestsPerSecond: 5,
  dailyQuota: null,
  monthlyQuota: null,
  workMs: 0,
  refusesExampleAddresses: false,
  arrives: true,
  webhooks: 'inOrder',
  ownerEmail: 'owner@example.com',
};

const CREATED_AT = '2026-01-05T09:00:00.000Z';

/** Two domains to send from, one whose DNS records are still missing, and one template in two stages. */
export function freshState(): Json {
  const variables: Json[] = [
    { key: 'NAME', type: 'string', fallback: 'there' },
    { key: 'ORDER', type: 'string' },
  ];
  const content = {
    from: 'The team <hello@example.com>',
    subject: 'Your order {{{ORDER}}} is on its way',
    html: '<p>Hello {{{NAME}}},</p><p>your order {{{ORDER}}} is on its way.</p>',
    text: 'Hello {{{NAME}}},\n\nyour order {{{ORDER}}} is on its way.',
    variables,
  };
  return {
    domains: [
      { id: 'd0000000-0000-4000-8000-000000000001', name: 'example.com', createdAt: CREATED_AT },
      { id: 'd0000000-0000-4000-8000-000000000002', name: 'mail.example.com', createdAt: CREATED_AT },
      {
        id: 'd0000000-0000-4000-8000-000000000003',
        name: 'unverified.example.com',
        status: 'not_started',
        createdAt: CREATED_AT,
      },
    ],
    templates: [
      {
        id: 'a0000000-0000-4000-8000-000000000001',
        name: 'Order shipped',
        alias: 'order-shipped',
        draft: content,
        published: content,
        publishedAt: CREATED_AT,
        createdAt: CREATED_AT,
        updatedAt: CREATED_AT,
      },
      {
        id: 'a0000000-0000-4000-8000-000000000002',
        name: 'Not yet published',
        alias: 'draft',
        draft: content,
        createdAt: CREATED_AT,
        updatedAt: CREATED_AT,
      },
    ],
  };
}
