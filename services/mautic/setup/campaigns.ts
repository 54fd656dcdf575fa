import { notPossible, type MauticApi } from '../api';
import { campaignBody, type PlannedEmail } from './campaign-body';
import { listEmailNames, type Named } from './emails';
import { createdResult, ensureEach, foundResult, onlyOneNamed, type SetupResult } from './result';
import { named, oneCampaign, type SetupSegment } from './schemas';
import { listSegments } from './segments';

/** A campaign that sends e-mails one after the other, and that workflows put contacts into by its name. */
export interface CampaignDefinition {
  name: string;
  description: string;
  /** Alias of the segment whose contacts come in by themselves: Mautic asks for a source. Workflows do not need it. */
  segment: string;
  /** `day`: whole days after a contact came in; 0 at once. */
  emails: ReadonlyArray<{ name: string; day: number }>;
}

interface Known {
  emails: Named;
  segments: readonly SetupSegment[];
}

const PATH = '/api/campaigns';
const ADVICE = { 403: `Give the role of the API user the permission "Campaigns: Create".` };

/** Creates the campaigns that Mautic lacks, published, and says of those it has which of the e-mails they do not send. */
export async function ensureCampaigns(
  api: MauticApi,
  definitions: readonly CampaignDefinition[],
): Promise<Array<SetupResult | Error>> {
  // Without `minimal` each comes with its events.
  const query = { minimal: '1' };
  const campaigns = await api.list(
    { action: 'list its campaigns', path: PATH, key: 'campaigns', query },
    named,
  );
  const known = { emails: await listEmailNames(api), segments: await listSegments(api) };
  return await ensureEach(definitions, async (definition) => {
    const { name } = definition;
    const emails = plannedEmails(definition, known);
    const found = onlyOneNamed(campaigns, name, 'campaign');
    if (found) {
      const differences = await differencesOf(api, found, emails);
      return foundResult('campaign', name, { id: found.id, differences });
    }
    const body = campaignBody({ ...definition, emails, segmentId: sourceOf(definition, known) });
    const action = `create the campaign "${name}"`;
    const call = { action, method: 'POST', path: `${PATH}/new`, body, advice: ADVICE } as const;
    const { value } = await api.call(call, oneCampaign);
    campaigns.push({ id: value.campaign.id, name });
    return createdResult('campaign', name, {
      id: value.campaign.id,
      differences: missingEmails(value.campaign.emailIds, emails),
    });
  });
}

async function differencesOf(
  api: MauticApi,
  { id, name }: Named[number],
  emails: readonly PlannedEmail[],
): Promise<string[]> {
  const action = `read the campaign "${name}"`;
  const { value } = await api.call({ action, method: 'GET', path: `${PATH}/${id}` }, oneCampaign);
  const { published, emailIds } = value.campaign;
  return [
    ...(published ? [] : ['it is not published: publish it under Campaigns']),
    ...missingEmails(emailIds, emails),
  ];
}

function missingEmails(emailIds: readonly number[], emails: readonly PlannedEmail[]): string[] {
  const missing = emails.filter(({ id }) => !emailIds.includes(id)).map(({ name }) => `"${name}"`);
  return missing.length === 0 ? [] : [`it does not send ${missing.join(', ')}`];
}

function plannedEmails({ name, emails }: CampaignDefinition, known: Known): PlannedEmail[] {
  if (name === '') throw notPossible('create a campaign: it has no name. Give it one');
  if (emails.length === 0) throw notPossible(`create the campaign "${name}": it has no e-mails. Add one`);
  return emails.map(({ name: emailName, day }) => {
    if (!Number.isInteger(day) || day < 0) {
      throw notPossible(
        `create the campaign "${name}": "${emailName}" is to be sent on day ${day}. Enter a whole number of days, 0 for at once`,
      );
    }
    const email = onlyOneNamed(known.emails, emailName, 'e-mail');
    if (email) return { id: email.id, name: emailName, day };
    throw notPossible(
      `create the campaign "${name}": it has no e-mail named "${emailName}". Have the e-mail created first, or choose another one`,
    );
  });
}

function sourceOf({ name, segment: alias }: CampaignDefinition, known: Known): number {
  const segment = known.segments.find((one) => one.alias === alias);
  if (segment) return segment.id;
  throw notPossible(
    `create the campaign "${name}": it has no segment with the alias "${alias}" for a source. Have the segment created first, or choose another one`,
  );
}
