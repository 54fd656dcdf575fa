import type { Rule } from '../subject';

export const knownTypes: Rule = ({ nodes, catalog }) =>
  nodes
    .filter(({ description }) => description === undefined)
    .map(({ name, type, typeVersion }) => {
      const versions = catalog.versions(type);
      return versions.length === 0
        ? {
            node: name,
            reason: `the node type ${type} is unknown`,
            advice: 'Use a node of this package or one of the core nodes of n8n.',
          }
        : {
            node: name,
            reason: `there is no version ${typeVersion} of ${type}`,
            advice: `Set typeVersion to one of: ${versions.join(', ')}.`,
          };
    });

/** Without one n8n makes up a URL from the workflow's id, so that the provider's calls get lost. */
export const webhookIds: Rule = ({ nodes }) =>
  nodes
    .filter(({ description, webhookId }) => description?.webhooks?.length && !webhookId)
    .map(({ name }) => ({
      node: name,
      reason: 'it takes webhooks but has no webhookId, so that its URL would not stay the same',
      advice: 'Give it a webhookId, such as the name of the provider.',
    }));
