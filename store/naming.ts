import type { Queryable } from './database';
import type { ProviderIds } from './provider-ids';

/** So many events are looked through by one statement, which is not to take long. */
const PAGE = 2_000;

/** What may stand in an address before and after it. A line break in JSON is a backslash and a letter. */
const BEFORE = String.raw`(?:(?<![[:alnum:]._+-])|(?<=\\(?:[bfnrt]|u[0-9a-f]{4})))`;
const AFTER = String.raw`(?![[:alnum:]_-]|\.[[:alnum:]])`;

/** PostgreSQL's regular expression, to be used without regard to case, for an address that stands by itself in JSON. */
export function addressPattern(email: string): string {
  return `${BEFORE}(?:${spellings(email).map(literal).join('|')})${AFTER}`;
}

/** As it stands in a text of JSON, and in an address of the web there. */
function spellings(email: string): string[] {
  const written = JSON.stringify(email).slice(1, -1);
  return [written, written.replace('@', '%40')];
}

/** {@link addressPattern}, and the ids that are nobody else's wherever they stand; those of mails stand in their events only. */
export function personPattern(email: string, ids: ProviderIds): string {
  const contacts = ids.mauticContacts.map(literal).join('|');
  const others = [
    ...ids.stripeCustomers,
    ...ids.stripeSubscriptions,
    ...ids.twentyPeople,
    ...ids.discordUsers,
  ]
    .map(literal)
    .join('|');
  return [
    addressPattern(email),
    // As `mautic:47`, and in the ids of Mautic's events.
    ...(contacts === '' ? [] : [String.raw`mautic(?:\.\w+)?:(?:${contacts})(?!\d)`]),
    ...(others === '' ? [] : [`(?:${others})(?![[:alnum:]])`]),
  ].join('|');
}

function literal(text: string): string {
  return text.replace(/[^\p{L}\p{N}]/gu, String.raw`\$&`);
}

/** The events that name an address, and up to which one was looked. */
export interface Naming {
  ids: string[];
  upTo: string;
}

/** Looks through all that came in behind the event `after`, page by page, for the address in whatever case. */
export async function eventsNaming(database: Queryable, email: string, after = '0'): Promise<Naming> {
  const pattern = addressPattern(email);
  const ids: string[] = [];
  let upTo = after;
  for (;;) {
    const { rows } = await database.query<{ last: string | null; found: string[] }>(
      `with page as (
         select id, lower(external_id || ' ' || payload::text) as content
         from lifecycle.event where id > $1 order by id limit $3
       ), named as (
         -- A regular expression takes many times as long as a look for the bare text.
         select id from page
         where case when exists (select from unnest($4::text[]) as spelling where strpos(content, spelling) > 0)
                    then content ~* $2 end
       )
       select max(id)::text as last, array(select id::text from named order by id) as found from page`,
      [upTo, pattern, PAGE, spellings(email)],
    );
    const [page] = rows;
    if (!page?.last) return { ids, upTo };
    ids.push(...page.found);
    upTo = page.last;
  }
}
