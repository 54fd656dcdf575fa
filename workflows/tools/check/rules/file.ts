import { canonicalText } from '../../canonical';
import type { Rule } from '../subject';

const SLUG = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

export const isCanonical: Rule = ({ raw, text, catalog }) =>
  canonicalText(raw, catalog) === text
    ? []
    : [
        {
          reason: 'the file is not in canonical form, so that its next diff would be hard to read',
          advice: 'Write it anew: npm run workflows -- check --fix',
          isFixable: true,
        },
      ];

/** Pinned data is real people's data more often than not, and stands in for real runs in the editor. */
export const noPinnedData: Rule = ({ raw }) =>
  ['pinData', 'staticData']
    .filter((key) => typeof raw[key] === 'object' && raw[key] !== null && Object.keys(raw[key]).length > 0)
    .map((key) => ({
      reason: `the file holds ${key === 'pinData' ? 'pinned data' : 'static data of one installation'}`,
      advice: 'Remove it: npm run workflows -- check --fix',
      isFixable: true,
    }));

/** A workflow and its nodes are known by their ids: to n8n, to the store, and to those who read a diff. */
export const stableIds: Rule = (subject, all) => {
  const { file, workflow } = subject;
  const others = new Set(
    all.filter((other) => other !== subject).flatMap((other) => other.workflow.nodes.map(({ id }) => id)),
  );
  const ids = workflow.nodes.map(({ id }) => id);
  const isFileName = workflow.id === file.replace(/\.json$/, '') && SLUG.test(workflow.id);
  return [
    ...(isFileName
      ? []
      : [
          {
            reason: `the workflow's id "${workflow.id}" is not the name of its file`,
            advice: 'Make it the name of the file, in lower-case words joined by hyphens.',
          },
        ]),
    ...workflow.nodes.flatMap(({ id, name }) => {
      if (!SLUG.test(id) && !UUID.test(id)) {
        return [
          {
            node: name,
            reason: `its id "${id}" is neither words nor a UUID`,
            advice: 'Name it like "settle-events".',
          },
        ];
      }
      if (ids.filter((other) => other === id).length > 1 || others.has(id)) {
        return [
          {
            node: name,
            reason: `its id "${id}" is taken by another node`,
            advice: 'Give it one of its own.',
          },
        ];
      }
      // The editor finds the node to open by how its id begins.
      const longer = ids.find((other) => other !== id && other.startsWith(id));
      return longer === undefined
        ? []
        : [
            {
              node: name,
              reason: `its id "${id}" is how "${longer}" begins, so that the editor may open that node instead`,
              advice: 'Give one of the two another id.',
            },
          ];
    }),
  ];
};
