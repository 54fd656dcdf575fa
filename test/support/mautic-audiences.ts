import type { MauticState } from './mautic';
import type { TestSandbox } from './sandbox';

/** Names of segments and campaigns that a test finds in Mautic; `Archived` is not published, `Twin` there are two of. */
const NAMES = ['New Users', 'Free tier', 'Pro tier', 'Archived', 'Twin', 'Twin'];

/** Gives Mautic segments and campaigns (of the same names) with known ids, 11 and up; nobody is in any. */
export async function loadAudiences(mautic: TestSandbox): Promise<void> {
  const state = await mautic.state<MauticState>();
  const [segment] = state.segments;
  const [campaign] = state.campaigns;
  const rows = NAMES.map((name, index) => ({ id: 11 + index, name, isPublished: name !== 'Archived' }));
  await mautic.load({
    ...state,
    contacts: state.contacts.map((contact) => ({ ...contact, segments: [], campaigns: [] })),
    segments: rows.map((row) => ({ ...segment, ...row, alias: aliasOf(row) })),
    campaigns: rows.map((row) => ({ ...campaign, ...row })),
  });
}

/** What a contact is in, by alias and name. */
export async function audiencesOf(
  mautic: TestSandbox,
  email: string,
): Promise<{ segments: string[]; campaigns: string[] }> {
  const { contacts, segments, campaigns } = await mautic.state<MauticState>();
  const contact = contacts.find(({ fields }) => String(fields.email).toLowerCase() === email.toLowerCase());
  return {
    segments: (contact?.segments ?? [])
      .map((own) => segments.find(({ id }) => id === own)?.alias ?? '?')
      .sort(),
    campaigns: (contact?.campaigns ?? [])
      .map((own) => campaigns.find(({ id }) => id === own)?.name ?? '?')
      .sort(),
  };
}

/** Calls without the ids in them and how often each was made. */
export async function callCounts(mautic: TestSandbox): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const call of await mautic.calls()) {
    const kind = call.replace(/\/\d+/g, '/#');
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function aliasOf({ id, name }: { id: number; name: string }): string {
  return `${name.toLowerCase().replaceAll(' ', '-')}${name === 'Twin' ? `-${id}` : ''}`;
}
