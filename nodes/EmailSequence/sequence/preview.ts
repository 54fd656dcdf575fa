import {
  NodeOperationError,
  type IBinaryKeyData,
  type IDataObject,
  type IExecuteFunctions,
} from 'n8n-workflow';
import { compileEmail, TemplateError, type EmailData, type RenderedEmail } from '../../../services/email';
import type {
  MessageText,
  PlannedMessage,
  PreviewedSequence,
  SequenceDefinition,
  SequenceStart,
  Store,
} from '../../../store';
import { orError } from '../../shared/parameters';
import { templateCustomer } from '../../shared/template-customer';
import { goesOut } from './preview-plan';
import { noSuchCustomer, SAMPLE } from './preview-properties';

const LONGEST_FILE_NAME = 120;

interface Preview {
  json: IDataObject;
  binary: IBinaryKeyData;
}

/**
 * What the sequence would be for somebody: its plan, and each text of each mail as a file of HTML. Throws a
 * `NodeOperationError` that names mail, part and line when one cannot be made.
 */
export async function previewOf(
  context: IExecuteFunctions,
  store: Store,
  definition: SequenceDefinition,
  start: SequenceStart,
): Promise<Preview> {
  const previewed = await store.sequences.preview(definition, start);
  const { customer, timeZone, plan, reason } = previewed;
  if (customer === undefined && context.getNodeParameter('previewWith', 0, 'item') === 'chosen') {
    throw noSuchCustomer(context, start.email);
  }
  const binary: IBinaryKeyData = {};
  const mails: IDataObject[] = [];
  for (const message of plan) {
    const made = await mailOf(context, definition, message, { start, previewed });
    mails.push(made.json);
    Object.assign(binary, made.binary);
  }
  const { name, email } = customer ?? SAMPLE;
  const shownFor = name === null ? email : `${name} (${email})`;
  return {
    json: {
      sequence: {
        name: definition.name,
        preview: 'Nothing is planned or sent from the editor.',
        shownFor: customer ? shownFor : `${shownFor}, a sample`,
        timeZone,
        ...(reason !== undefined && { wouldNotStart: reason }),
        mails,
      },
    },
    binary,
  };
}

async function mailOf(
  context: IExecuteFunctions,
  definition: SequenceDefinition,
  message: PlannedMessage,
  { start, previewed: { customer, timeZone } }: { start: SequenceStart; previewed: PreviewedSequence },
): Promise<Preview> {
  const step = definition.steps[message.step];
  if (step === undefined) return { json: {}, binary: {} };
  const data: EmailData = {
    customer: templateCustomer(customer ?? SAMPLE),
    data: { ...start.data },
    links: linksOf(definition),
    sentAt: (message.dueAt ?? start.startedAt).toISOString(),
    timeZone,
  };
  const binary: IBinaryKeyData = {};
  const show = async (key: string, text: MessageText): Promise<{ subject: string; file: string }> => {
    const { subject, html } = rendered(context, step.name, text, data);
    const fileName = fileNameOf(subject);
    binary[key] = await context.helpers.prepareBinaryData(Buffer.from(html), fileName, 'text/html');
    return { subject, file: key };
  };
  const key = `mail_${message.step + 1}`;
  const own = step.variants[message.variant];
  const json: IDataObject = {
    mail: step.name,
    goesOut: goesOut(definition, message, timeZone),
    ...(own && (await show(key, own))),
  };
  if (step.variants.length > 1) {
    json.text = own?.name ?? null;
    const others: IDataObject[] = [];
    for (const [position, variant] of step.variants.entries()) {
      if (variant === own) continue;
      others.push({ text: variant.name, ...(await show(`${key}_text_${position + 1}`, variant)) });
    }
    json.textsForOthers = others;
  }
  if (step.wait?.other) json.ifItDoesNotHappen = await show(`${key}_other`, step.wait.other);
  return { json, binary };
}

function linksOf({ kind, preferencesPage }: SequenceDefinition): EmailData['links'] {
  return { unsubscribe: kind === 'marketing' ? preferencesPage : null, preferences: preferencesPage };
}

function rendered(
  context: IExecuteFunctions,
  name: string,
  text: MessageText,
  data: EmailData,
): RenderedEmail {
  const made = orError(() => compileEmail(text).render(data));
  if (!(made instanceof Error)) return made;
  const problem =
    made instanceof TemplateError ? `${made.part}, line ${made.line}: ${made.reason}` : made.message;
  throw new NodeOperationError(context.getNode(), `Mail "${name}", ${problem}`);
}

/** n8n takes what is before a slash for a folder. */
function fileNameOf(subject: string): string {
  const name = [...subject.replace(/[\\/:*?"<>|]+/g, ' ')].slice(0, LONGEST_FILE_NAME).join('');
  return `${name.trim() || 'mail'}.html`;
}
