import { canonicalText } from './canonical';
import type { Catalog } from './catalog';
import type { WorkflowText } from './folder';
import type { N8n } from './n8n/n8n';

/** A workflow as n8n holds it, for its file. */
export interface Pulled extends WorkflowText {
  id: string;
  /** Whether what is edited differs from what runs. */
  hasUnpublishedChanges: boolean;
}

/**
 * Reads workflows as they stand on the canvas, published or not, in the form of their files.
 * Those that n8n does not have are listed as missing.
 */
export async function pull(
  n8n: N8n,
  ids: readonly string[],
  catalog: Catalog,
): Promise<{ pulled: Pulled[]; missing: string[] }> {
  const pulled: Pulled[] = [];
  const missing: string[] = [];
  for (const id of ids) {
    const stored = await n8n.workflow(id);
    if (!stored || stored.isArchived) {
      missing.push(id);
      continue;
    }
    pulled.push({
      id,
      file: `${id}.json`,
      text: canonicalText(stored, catalog),
      hasUnpublishedChanges: stored.active && stored.activeVersionId !== stored.versionId,
    });
  }
  return { pulled, missing };
}
