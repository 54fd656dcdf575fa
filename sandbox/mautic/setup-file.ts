import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod/v4';

const FILE = path.join(__dirname, '../../workflows/mautic-setup.json');

const fieldSchema = z.object({
  label: z.string(),
  alias: z.string(),
  type: z.string().default('text'),
  values: z.string().default(''),
  decimals: z.number().default(0),
  maxLength: z.number().optional(),
});
const segmentSchema = z.object({ name: z.string(), alias: z.string(), description: z.string() });
const emailSchema = z.object({
  name: z.string(),
  subject: z.string(),
  preheader: z.string(),
  body: z.string(),
});
const campaignSchema = z.object({
  name: z.string(),
  description: z.string(),
  segment: z.string(),
  emails: z.object({ email: z.array(z.object({ day: z.number().default(0), email: z.string() })) }),
});

const parametersSchema = z.object({
  fields: z.object({ field: z.array(fieldSchema) }).optional(),
  segments: z.object({ segment: z.array(segmentSchema) }).optional(),
  emails: z.object({ email: z.array(emailSchema) }).optional(),
  campaigns: z.object({ campaign: z.array(campaignSchema) }).optional(),
});

export type FieldToSetUp = z.infer<typeof fieldSchema>;
export type EmailToSetUp = z.infer<typeof emailSchema>;
export type CampaignToSetUp = z.infer<typeof campaignSchema>;

export interface Setup {
  fields: FieldToSetUp[];
  segments: z.infer<typeof segmentSchema>[];
  emails: EmailToSetUp[];
  campaigns: CampaignToSetUp[];
}

/** What the workflow `mautic-setup` creates, as its nodes define it. */
export function readSetup(): Setup {
  const { nodes } = z
    .object({ nodes: z.array(z.object({ parameters: z.unknown() })) })
    .parse(JSON.parse(readFileSync(FILE, 'utf8')));
  const parameters = nodes.flatMap((node) => parametersSchema.safeParse(node.parameters).data ?? []);
  return {
    fields: parameters.flatMap(({ fields }) => fields?.field ?? []),
    segments: parameters.flatMap(({ segments }) => segments?.segment ?? []),
    emails: parameters.flatMap(({ emails }) => emails?.email ?? []),
    campaigns: parameters.flatMap(({ campaigns }) => campaigns?.campaign ?? []),
  };
}
