/** What a campaign counts, as lists call it. */
export const CAMPAIGN_KINDS = [
  'purchase',
  'couponIssued',
  'couponRedeemed',
  'couponRevoked',
  'leadCreated',
  'inviteIssued',
  'inviteUsed',
  'inviteExpired',
  'inviteRevoked',
  'inviteLive',
] as const;
export type CampaignKind = (typeof CAMPAIGN_KINDS)[number];
type InviteKind = Extract<CampaignKind, `invite${string}`>;

/** An invite that nobody has reported as ended is over when its time is; what is gone a moment before may have expired. */
const INVITES: Readonly<Record<InviteKind, { at: string; condition: string }>> = {
  inviteIssued: { at: 'issued_at', condition: 'true' },
  inviteUsed: { at: 'ended_at', condition: `state = 'used'` },
  inviteRevoked: { at: 'ended_at', condition: `state = 'revoked'` },
  inviteExpired: {
    at: 'expires_at',
    condition: `state in ('live', 'gone') and (state = 'live' or expires_at <= ended_at + interval '1 minute')`,
  },
  inviteLive: { at: 'issued_at', condition: `state = 'live' and (expires_at is null or expires_at >= $2)` },
};

/**
 * The rows of a kind in the period from $1 up to $2, in SQL, with what they are told apart by: `number` for one kind, `id` also
 * for all of them. Live invites are those of the end of the period, whenever they were issued. With `page`, the newest ones
 * behind the place ($4, $5), if there is one, at most $3.
 */
export function campaignRows(kind: CampaignKind, page?: { isPlaced: boolean }): string {
  const isMilestone = !(kind in INVITES);
  const { at, condition } = isMilestone
    ? { at: 'happened_at', condition: `kind = '${kind}'` }
    : INVITES[kind as InviteKind];
  // Of an invite, more than one thing may be in a list of all kinds.
  const id = `id * 16 + ${CAMPAIGN_KINDS.indexOf(kind)}`;
  const conditions = [
    condition,
    ...(isMilestone ? [] : ['issued_at is not null']),
    ...(kind === 'inviteLive' ? ['$1::timestamptz <= $2'] : [`${at} >= $1`, `${at} < $2`]),
    // The first is for the index, which has not these ids.
    ...(page?.isPlaced ? [`${at} <= $4`, `(${at}, ${id}) < ($4, $5::bigint)`] : []),
  ];
  return `(
    select ${at} as at, id as number, ${id} as id, '${kind}' as kind
    from lifecycle.${isMilestone ? 'milestone' : 'invite'} where ${conditions.join(' and ')}
    ${page ? `order by ${at} desc, id desc limit $3` : ''})`;
}
