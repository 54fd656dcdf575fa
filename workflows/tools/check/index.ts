import { z } from 'zod/v4';
import { canonicalText } from '../canonical';
import type { Catalog } from '../catalog';
import type { WorkflowText } from '../folder';
import { workflowSchema } from '../workflow';
import { noUnconnectedNodes, noDanglingConnections } from './rules/connections';
import { credentialsFit } from './rules/credentials';
import { noEnvironmentIds } from './rules/environment';
import { isCanonical, noPinnedData, stableIds } from './rules/file';
import { flowsLeftToRight, hasStickyNote, noCrossingLines, noOverlaps, onGrid } from './rules/layout';
import { knownTypes, webhookIds } from './rules/nodes';
import { knownParameters, validParameters } from './rules/parameters';
import { noSecrets } from './rules/secrets';
import { everyPathSettles } from './rules/settle';
import { hasErrorWorkflow, isInUtc } from './rules/settings';
import { createSubject, type Finding, type Rule, type Subject } from './subject';

export type { Finding } from './subject';

const RULES: readonly Rule[] = [
  knownTypes,
  knownParameters,
  validParameters,
  webhookIds,
  noDanglingConnections,
  noUnconnectedNodes,
  credentialsFit,
  everyPathSettles,
  noEnvironmentIds,
  noSecrets,
  noPinnedData,
  stableIds,
  hasStickyNote,
  onGrid,
  noOverlaps,
  flowsLeftToRight,
  noCrossingLines,
  isInUtc,
  hasErrorWorkflow,
  isCanonical,
];

/** Checks workflow files, which ship together, against each other and against what n8n and our nodes accept. */
export function check(files: readonly WorkflowText[], catalog: Catalog): Finding[] {
  const read = files.map((file) => readSubject(file, catalog));
  const subjects = read.flatMap((result) => ('reason' in result ? [] : [result]));
  return read.flatMap((result) =>
    'reason' in result
      ? [result]
      : RULES.flatMap((rule) => rule(result, subjects)).map((finding) => ({ file: result.file, ...finding })),
  );
}

function readSubject({ file, text }: WorkflowText, catalog: Catalog): Subject | Finding {
  try {
    const raw = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    return createSubject({ file, text, raw, workflow: workflowSchema.parse(raw) }, catalog);
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return { file, reason: `this is no workflow: ${why}`, advice: 'Take it from n8n again with pull.' };
  }
}

/**
 * Writes anew, in canonical form, the files in which nothing else is to be put right: in others something that was meant
 * could get lost, such as the value of a mistyped parameter. Gives only those that change.
 */
export function fix(files: readonly WorkflowText[], catalog: Catalog): WorkflowText[] {
  const findings = check(files, catalog);
  return files.flatMap(({ file, text }) => {
    const own = findings.filter((finding) => finding.file === file);
    const isFixable = own.length > 0 && own.every((finding) => finding.isFixable);
    return isFixable ? [{ file, text: canonicalText(JSON.parse(text), catalog) }] : [];
  });
}
