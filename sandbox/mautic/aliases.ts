/**
 * Words that cannot be the name of a database column: of MySQL's reserved words those that would make sense as the name
 * of a field (dev.mysql.com/doc/refman/8.0/en/keywords.html).
 */
const DATABASE_KEYWORDS: ReadonlySet<string> = new Set([
  'all',
  'by',
  'call',
  'change',
  'character',
  'check',
  'column',
  'condition',
  'cross',
  'default',
  'group',
  'groups',
  'index',
  'int',
  'interval',
  'key',
  'keys',
  'language',
  'left',
  'like',
  'limit',
  'match',
  'number',
  'option',
  'order',
  'range',
  'rank',
  'references',
  'release',
  'right',
  'row',
  'rows',
  'schema',
  'select',
  'system',
  'table',
  'to',
  'trigger',
  'unique',
  'usage',
  'use',
  'values',
  'when',
  'where',
  'window',
]);

export interface AliasRule {
  /** What stands for a space; of all else only letters and digits are kept. */
  space: '_' | '-';
  /** Put before what the database takes for something else; '' for aliases that are no columns. */
  prefix?: string;
  maxLength?: number;
}

/** `FormModel::cleanAlias`: what Mautic makes of an alias that it is given, or of a name when it is given none. */
export function cleanAlias(text: string, { space, prefix = '', maxLength }: AliasRule): string {
  const plain = text.trim().normalize('NFD').replace(/\p{M}/gu, '').replaceAll(' ', space);
  const kept = [...plain.toLowerCase()].filter(
    (character) => /[0-9a-z]/.test(character) || character === space,
  );
  const cut = (kept.join('') || 'alias').slice(0, maxLength);
  const clean = cut.endsWith('_') ? cut.slice(0, -1) : cut;
  return DATABASE_KEYWORDS.has(clean) || /^\d+$/.test(clean) ? `${prefix}${clean}` : clean;
}

/**
 * Aliases that segment filters have for something else, and two more that Mautic keeps to itself
 * (`ContactSegmentFilterDictionary`, `FieldAliasKeywordValidator`).
 */
export const SEGMENT_FILTERS: ReadonlySet<string> = new Set([
  'campaign',
  'date_added',
  'date_identified',
  'date_modified',
  'device_brand',
  'device_model',
  'device_os',
  'device_type',
  'dnc_bounced',
  'dnc_bounced_sms',
  'dnc_manual_email',
  'dnc_manual_sms',
  'dnc_unsubscribed',
  'dnc_unsubscribed_sms',
  'email_clicked_link_date',
  'email_id',
  'globalcategory',
  'hit_url',
  'hit_url_count',
  'hit_url_date',
  'integration_campaigns',
  'last_active',
  'lead_asset_download',
  'lead_email_read_count',
  'lead_email_read_date',
  'lead_email_received',
  'lead_email_sent',
  'lead_email_sent_date',
  'leadlist',
  'notification',
  'owner_id',
  'page_id',
  'points',
  'redirect_id',
  'referer',
  'sessions',
  'sms_clicked_link',
  'sms_clicked_link_date',
  'source',
  'source_id',
  'stage',
  'tags',
  'url_title',
  'utm_campaign',
  'utm_content',
  'utm_medium',
  'utm_source',
  'utm_term',
]);
export const RESTRICTED_ALIASES: ReadonlySet<string> = new Set(['company_id', 'contact_id']);
