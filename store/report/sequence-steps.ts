import type { Queryable } from '../database';
import type { MessageKind } from '../sequence-definition';

/** What a report names of a version of a sequence. */
interface VersionSteps {
  id: string;
  steps: Array<{
    name: string;
    /** Of the text for those for whom the time is up. */
    otherSubject: string | null;
    variants: Array<{ name: string; subject: string }>;
  }>;
}

export interface SequenceVersions {
  id: string;
  name: string;
  kind: MessageKind;
  topic: string | null;
  /** The oldest first. */
  versions: VersionSteps[];
}

/** All sequences by their names, with the steps of all their versions; without the bodies of the mails. */
export async function readSequenceVersions(database: Queryable): Promise<SequenceVersions[]> {
  const { rows } = await database.query<SequenceVersions>(
    `select sequence.id, sequence.name, sequence.kind, sequence.topic,
            coalesce(
              jsonb_agg(jsonb_build_object('id', version.id::text, 'steps', outline.steps) order by version.id)
                filter (where version.id is not null), '[]') as versions
     from lifecycle.sequence
       left join lifecycle.sequence_version version on version.sequence_id = sequence.id
       left join lateral (
         select jsonb_agg(
           jsonb_build_object(
             'name', step -> 'name',
             'otherSubject', case when step #>> '{wait,whenTimeIsUp}' = 'sendOther'
                                  then step #>> '{wait,other,subject}' end,
             'variants', (
               select jsonb_agg(jsonb_build_object('name', variant -> 'name', 'subject', variant -> 'subject') order by place)
               from jsonb_array_elements(step -> 'variants') with ordinality as variants (variant, place)))
           order by place) as steps
         from jsonb_array_elements(version.content -> 'steps') with ordinality as steps (step, place)
       ) as outline on true
     group by sequence.id order by sequence.name`,
  );
  return rows;
}

export interface KnownVariant {
  variant: number;
  name: string;
  /** As written in the newest version that has it: a template. */
  subject: string;
  /** Whether the newest version has it. */
  isCurrent: boolean;
}

/** A step of a sequence, whatever versions it is in. */
export interface KnownStep {
  /** Counted from 0 on in the order in which names came up: so no edit gives another step this number. */
  step: number;
  name: string;
  isCurrent: boolean;
  variants: KnownVariant[];
}

/** What the mails are that have these positions in this version. */
export interface KnownMail {
  versionId: string;
  position: number;
  variantPosition: number;
  step: KnownStep;
  variant: KnownVariant;
  /** As written for them. */
  subject: string;
  otherSubject: string | null;
}

/**
 * The steps of a sequence over all of its versions, those of the newest one first and in its order. A step is known by its
 * name, which is unique in a version, and so is a variant in its step: with other texts, times or weights, or at another
 * place, it is the same one; with another name it is another one.
 */
export function knownSteps(versions: readonly VersionSteps[]): { steps: KnownStep[]; mails: KnownMail[] } {
  const byName = new Map<string, KnownStep>();
  const mails = versions.flatMap(({ id: versionId, steps }, index) =>
    steps.flatMap(({ name, otherSubject, variants }, position) => {
      const isCurrent = index === versions.length - 1;
      const step = byName.get(name) ?? { step: byName.size, name, isCurrent, variants: [] };
      byName.set(name, step);
      step.isCurrent = isCurrent;
      return variants.map(({ name: variantName, subject }, variantPosition) => {
        const variant = variantOf(step, variantName);
        Object.assign(variant, { subject, isCurrent });
        return { versionId, position, variantPosition, step, variant, subject, otherSubject };
      });
    }),
  );
  const newest = versions.at(-1)?.steps.flatMap(({ name }) => byName.get(name) ?? []) ?? [];
  return { steps: [...new Set([...newest, ...byName.values()])], mails };
}

function variantOf({ variants }: KnownStep, name: string): KnownVariant {
  const known = variants.find((each) => each.name === name);
  if (known) return known;
  const added: KnownVariant = { variant: variants.length, name, subject: '', isCurrent: false };
  variants.push(added);
  return added;
}
