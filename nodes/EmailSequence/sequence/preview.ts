import {
  NodeOperationError,
  type IBinaryKeyData,
  type IDataObject,
  type IExecuteFunctions,
} from 'n8n-workflow';
import { compileEmail, TemplateError, type EmailData } from '../../../services/email';
import type { MessageText, SequenceDefinition, SequenceStart, Store } from '../../../store';
import { templateCustomer } from '../../shared/template-customer';
import { mailsOf } from './start';

const SAMPLE = { email: 'ada@example.com', name: 'Ada Lovelace', tier: 'pro', stage: 'onboarding' } as const;

/** What the sequence would be for the customer of an item: its plan, and each mail as a file of HTML. */
export async function previewOf(
  context: IExecuteFunctions,
  store: Store,
  definition: SequenceDefinition,
  start: SequenceStart,
): Promise<{ json: IDataObject; binary: IBinaryKeyData }> {
  const { customer, timeZone, plan } = await store.sequences.preview(definition, start);
  const isSample = context.getNodeParameter('previewWith', 0, 'item') === 'sample' || customer === undefined;
  const binary: IBinaryKeyData = {};
  for (const { step, variant, dueAt } of plan) {
    const { name, variants, wait } = definition.steps[step] ?? { name: '', variants: [], wait: null };
    const text = variants[variant];
    if (text === undefined) continue;
    const data: EmailData = {
      customer: templateCustomer(isSample ? SAMPLE : customer),
      data: { ...start.data },
      links: linksOf(definition),
      sentAt: (dueAt ?? start.startedAt).toISOString(),
      timeZone,
    };
    const key = `mail_${step + 1}`;
    binary[key] = await fileOf(context, name, text, data);
    if (wait?.other) binary[`${key}_other`] = await fileOf(context, name, wait.other, data);
  }
  const shownFor = isSample ? `${SAMPLE.name} (a sample)` : (customer.name ?? customer.email);
  return {
    json: {
      sequence: {
        name: definition.name,
        preview: `Nothing was planned: this shows the mails for ${shownFor}.`,
        timeZone,
        mails: mailsOf(definition, plan),
      },
    },
    binary,
  };
}

function linksOf({ kind, preferencesPage }: SequenceDefinition): EmailData['links'] {
  return { unsubscribe: kind === 'marketing' ? preferencesPage : null, preferences: preferencesPage };
}

async function fileOf(
  context: IExecuteFunctions,
  name: string,
  text: MessageText,
  data: EmailData,
): Promise<IBinaryKeyData[string]> {
  try {
    const { subject, html } = compileEmail(text).render(data);
    return await context.helpers.prepareBinaryData(Buffer.from(html), `${subject}.html`, 'text/html');
  } catch (error) {
    if (!(error instanceof TemplateError)) return await Promise.reject(error as Error);
    throw new NodeOperationError(
      context.getNode(),
      `Mail "${name}", ${error.part}, line ${error.line}: ${error.reason}`,
    );
  }
}
