import { notPossible, type MauticApi } from '../api';
import { createdResult, ensureEach, foundResult, onlyOneNamed, type SetupResult } from './result';
import { named, oneEmail } from './schemas';

/** A template e-mail that workflows and campaigns send, by its name. */
export interface EmailDefinition {
  name: string;
  subject: string;
  /** What in-boxes show behind the subject; Mautic puts it in the place of the HTML's element of the class `preheader`. */
  preheader: string;
  /** The whole document, in ASCII: Mautic decodes percent signs in any other (`InputHelper::html`). */
  html: string;
}

/** One of Mautic's lists, by name alone. */
export type Named = ReadonlyArray<{ id: number; name: string }>;

const PATH = '/api/emails';
const LONGEST_SUBJECT = 190;
const LONGEST_PREHEADER = 130;
const ADVICE = { 403: `Give the role of the API user the permission "Emails: Create".` };

/** Creates the e-mails that Mautic lacks. What marketers made of those it has is theirs, and counts as present. */
export async function ensureEmails(
  api: MauticApi,
  definitions: readonly EmailDefinition[],
): Promise<Array<SetupResult | Error>> {
  const emails = [...(await listEmailNames(api))];
  return await ensureEach(definitions, async (definition) => {
    const { name } = definition;
    checkDefinition(definition);
    const found = onlyOneNamed(emails, name, 'e-mail');
    if (found)
      return foundResult('email', name, { id: found.id, differences: await differencesOf(api, found) });
    const id = await create(api, definition);
    emails.push({ id, name });
    return createdResult('email', name, { id });
  });
}

/** All e-mails, as they are now. */
export function listEmailNames(api: MauticApi): Promise<Named> {
  // Without `minimal` each comes with its HTML.
  const query = { minimal: '1' };
  return api.list({ action: 'list its e-mails', path: PATH, key: 'emails', query }, named);
}

async function create(api: MauticApi, { name, subject, preheader, html }: EmailDefinition): Promise<number> {
  const action = `create the e-mail "${name}"`;
  const body = {
    name,
    subject,
    ...(preheader !== '' && { preheaderText: preheader }),
    customHtml: html,
    emailType: 'template',
    isPublished: true,
  };
  const call = { action, method: 'POST', path: `${PATH}/new`, body, advice: ADVICE } as const;
  return (await api.call(call, oneEmail)).value.email.id;
}

async function differencesOf(api: MauticApi, { id, name }: Named[number]): Promise<string[]> {
  const action = `read the e-mail "${name}"`;
  const { value } = await api.call({ action, method: 'GET', path: `${PATH}/${id}` }, oneEmail);
  const { published, emailType } = value.email;
  return [
    ...(emailType === 'list'
      ? ['it is an e-mail to segments, not a template e-mail: rename it, and run this again']
      : []),
    ...(published ? [] : ['it is not published: publish it under Channels > Emails']),
  ];
}

/** What Mautic would refuse, in the words of the definition. */
function checkDefinition({ name, subject, preheader }: EmailDefinition): void {
  const problem = problemOf(name, subject, preheader);
  if (problem !== undefined) throw notPossible(`create the e-mail "${name || subject}": ${problem}`);
}

function problemOf(name: string, subject: string, preheader: string): string | undefined {
  if (name === '') return 'it has no name. Give it one';
  if (subject === '') return 'it has no subject. Give it one';
  if (subject.length > LONGEST_SUBJECT)
    return `a subject has at most ${LONGEST_SUBJECT} characters. Shorten the subject`;
  if (preheader.length > LONGEST_PREHEADER)
    return `a preheader has at most ${LONGEST_PREHEADER} characters. Shorten the preheader`;
  return undefined;
}
