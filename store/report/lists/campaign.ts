import { CAMPAIGN_KINDS, campaignRows, type CampaignKind } from '../campaign-rows';
import { dayOf } from '../scope';
import { placeOf, readPage, type ReportList } from './list';

const TITLES: Readonly<Record<CampaignKind, string>> = {
  purchase: 'Purchase',
  couponIssued: 'Coupon issued',
  couponRedeemed: 'Coupon redeemed',
  couponRevoked: 'Coupon revoked',
  leadCreated: 'Lead created',
  inviteIssued: 'Invite issued',
  inviteUsed: 'Invite used',
  inviteExpired: 'Invite expired',
  inviteRevoked: 'Invite revoked',
  inviteLive: 'Invite live',
};

/** A code of an invite lets in whoever reads it: it is not shown. What was redeemed is known by how it was issued. */
export const campaign: ReportList = {
  name: 'campaign',
  title: 'Campaign',
  filters: ['kind', 'day'],
  columns: [
    { key: 'at', title: 'When', kind: 'time' },
    { key: 'what', title: 'What', kind: 'text' },
    { key: 'reference', title: 'ID', kind: 'text' },
    { key: 'workflow', title: 'Workflow', kind: 'text' },
    { key: 'email', title: 'Customer', kind: 'customer' },
    { key: 'expiresAt', title: 'Expires', kind: 'time' },
  ],

  async read(database, { period }, filters, after, limit) {
    const kind = CAMPAIGN_KINDS.find((name) => name === filters.kind);
    const { from, until } = dayOf(period, kind === 'inviteLive' ? undefined : filters.day);
    const place = placeOf(after, 'bigint');
    // A live one stands in the list of all as issued.
    const kinds = kind === undefined ? CAMPAIGN_KINDS.filter((name) => name !== 'inviteLive') : [kind];
    const rows = kinds.map(
      (name) => `select * from ${campaignRows(name, { isPlaced: place !== undefined })} page`,
    );
    return await readPage(
      database,
      {
        columns: `
          found.at, (${JSON_TITLES} ->> found.kind) as what,
          coalesce(milestone.reference, issued.reference, invite.subject) as reference, handler.name as workflow,
          customer.email, customer.id as "customerId", invite.expires_at as "expiresAt"`,
        from: `(${rows.join(' union all ')}) found
          left join lifecycle.invite on found.kind like 'invite%' and invite.id = number
          left join lifecycle.milestone on found.kind not like 'invite%' and milestone.id = number
          left join lifecycle.milestone issued
            on milestone.kind = 'couponRedeemed' and issued.kind = 'couponIssued' and issued.key = milestone.key
          left join lifecycle.delivery on delivery.id = coalesce(milestone.delivery_id, issued.delivery_id)
          left join lifecycle.handler on handler.id = delivery.handler_id
          left join lateral (
            select customer_id from lifecycle.customer_event where event_id = delivery.event_id
            order by customer_id limit 1) about on true
          left join lifecycle.customer on customer.id = about.customer_id`,
        conditions: [],
        values: [from, until, limit + 1, ...(place ?? [])],
        at: 'found.at',
        id: 'found.id',
        idType: 'bigint',
      },
      after,
      limit,
    );
  },
};

const JSON_TITLES = `'${JSON.stringify(TITLES)}'::jsonb`;
