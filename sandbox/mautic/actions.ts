import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { CampaignRunner } from './campaign-runner';
import type { ContactWrites } from './contact-writes';
import type { Emails } from './emails';
import { stockMauticState } from './fresh-state';
import { phpDate } from './php';
import type { Contact, MauticState } from './state';
import type { Webhooks } from './webhooks';

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A contact is named by its id or its e-mail address. */
const contactSchema = z.strictObject({ id: z.int().optional(), email: z.string().optional() });
const saveSchema = contactSchema.extend({ fields: z.record(z.string(), valueSchema).default({}) });
const doNotContactSchema = contactSchema.extend({ reason: z.int().min(0).max(3).default(1) });
const mergeSchema = z.strictObject({ survivor: z.int(), other: z.int() });
const emailSchema = z.strictObject({
  email: z.string(),
  set: z.strictObject({
    name: z.string().min(1).optional(),
    subject: z.string().min(1).optional(),
    customHtml: z.string().optional(),
    isPublished: z.boolean().optional(),
  }),
});
const switchSchema = z.strictObject({ disabled: z.boolean() });
const queueModeSchema = z.strictObject({ queueMode: z.enum(['immediate', 'command']) });
const backgroundSchema = z.strictObject({ enabled: z.boolean() });
const runSchema = z.strictObject({ days: z.int().min(0).max(366).default(0) });
const hookSchema = z.strictObject({ hookId: z.int().optional() });
const permissionsSchema = z.strictObject({ denied: z.array(z.string()) });

const DAY_MS = 86_400_000;

/** What marketers and admins do in Mautic itself. Saves fire webhooks, as they do there. */
export function mauticActions(
  state: MauticState,
  { writes, webhooks, emails }: { writes: ContactWrites; webhooks: Webhooks; emails: Emails },
  changed: () => void,
): Double['actions'] {
  const find = (named: z.infer<typeof contactSchema>): Contact | undefined =>
    named.id === undefined ? state.contacts.byEmail(named.email ?? '')[0] : state.contact(named.id);
  const get = (named: z.infer<typeof contactSchema>): Contact => {
    const contact = find(named);
    if (!contact)
      throw new Error(`There is no contact ${named.id ?? named.email ?? 'without id and e-mail'}.`);
    return contact;
  };

  return {
    saveContact: async (input) => {
      const { id, email, fields } = saveSchema.parse(input);
      const unknown = Object.keys(fields).filter((alias) => !state.field(alias));
      if (unknown.length > 0) throw new Error(`There is no contact field ${unknown.join(', ')}.`);
      const existing = id === undefined ? find({ email }) : get({ id });
      const changes = email === undefined || existing ? fields : { email, ...fields };
      const contact = await writes.saveByUser(existing, changes);
      return { contactId: contact.id, created: existing === undefined };
    },
    /** Reason 0 takes the contact off the list again. */
    setDoNotContact: async (input) => {
      const { id, email, reason } = doNotContactSchema.parse(input);
      const contact = get({ id, email });
      if (reason === 0) await writes.removeDoNotContact(contact, 'email');
      else
        await writes.addDoNotContact(contact, 'email', reason, { comments: 'User unsubscribed', user: null });
      return { contactId: contact.id, reason };
    },
    mergeContacts: async (input) => {
      const { survivor, other } = mergeSchema.parse(input);
      if (survivor === other) throw new Error('A contact cannot be merged into itself.');
      return { contactId: (await writes.merge(get({ id: survivor }), get({ id: other }))).id };
    },
    deleteContact: async (input) => {
      const contact = get(contactSchema.parse(input));
      await writes.delete(contact);
      return { contactId: contact.id };
    },
    setEmail: async (input) => {
      const { email: name, set } = emailSchema.parse(input);
      const email = state.emails.all().find((candidate) => candidate.name === name);
      if (!email) throw new Error(`There is no e-mail "${name}".`);
      state.emails.put({ ...email, ...set });
      changed();
      return { emailId: email.id };
    },
    /** A new installation, with nothing in it that anybody has made; its settings and webhooks stay. */
    startEmpty: async () => {
      const webhooksKept = { webhooks: state.webhooks.all(), webhookQueue: state.webhookQueue.all() };
      state.load(structuredClone({ ...stockMauticState(), settings: state.settings, ...webhooksKept }));
      changed();
      return { fields: state.fields.size };
    },
    /** `create_custom_field_in_background` in the configuration. */
    setFieldsInBackground: async (input) =>
      changeSettings({ fieldsInBackground: backgroundSchema.parse(input).enabled }),
    /** The cron job `mautic:custom-field:create-column`. */
    createFieldColumns: async () => {
      const waiting = state.fields.all().filter(({ isPublished }) => !isPublished);
      for (const field of waiting) state.fields.put({ ...field, isPublished: true });
      changed();
      return { created: waiting.map(({ alias }) => alias) };
    },
    /** The cron jobs of campaigns, now and on so many days to come. */
    runCampaigns: async (input) => {
      const { days } = runSchema.parse(input);
      const runner = new CampaignRunner(state, emails);
      let sent = 0;
      for (let day = 0; day <= days; day += 1) {
        sent += await runner.run(new Date(Date.now() + day * DAY_MS));
      }
      changed();
      return { sent };
    },
    republishWebhooks: async () => {
      const stopped = state.webhooks.all().filter(({ isPublished }) => !isPublished);
      for (const hook of stopped) {
        state.webhooks.put({ ...hook, isPublished: true, dateModified: phpDate() });
      }
      changed();
      return { republished: stopped.length };
    },
    setQueueMode: async (input) => changeSettings(queueModeSchema.parse(input)),
    /** The cron job `mautic:webhooks:process`. */
    processWebhooks: async () => ({ ...(await webhooks.processQueue()) }),
    /** "Send Test Payload" in a webhook's form; without `hookId` of every webhook. */
    sendTestPayload: async (input) => {
      const { hookId } = hookSchema.parse(input);
      const hooks = state.webhooks.all().filter(({ id }) => hookId === undefined || id === hookId);
      if (hooks.length === 0)
        throw new Error(`There is no webhook${hookId === undefined ? '' : ` ${hookId}`}.`);
      const sent: Json[] = [];
      for (const hook of hooks) sent.push({ hookId: hook.id, status: await webhooks.sendTest(hook) });
      return { sent };
    },
    disableApi: async (input) => changeSettings({ apiEnabled: !switchSchema.parse(input).disabled }),
    disableBasicAuth: async (input) =>
      changeSettings({ basicAuthEnabled: !switchSchema.parse(input).disabled }),
    denyPermissions: async (input) =>
      changeSettings({ deniedPermissions: permissionsSchema.parse(input).denied }),
  };

  function changeSettings(changes: Partial<MauticState['settings']>): Json {
    state.settings = { ...state.settings, ...changes };
    changed();
    return { ...state.settings };
  }
}
