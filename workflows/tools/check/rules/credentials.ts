import { NodeHelpers, type INodeParameters } from 'n8n-workflow';
import type { NodeView, Rule } from '../subject';

interface Accepted {
  type: string;
  required: boolean;
}

export const credentialsFit: Rule = ({ nodes, catalog }) =>
  nodes.flatMap((node) => {
    if (!node.description) return [];
    const accepted = acceptedBy(node);
    const given = Object.entries(node.credentials ?? {}).flatMap(([type, credential]) =>
      credential?.name ? [type] : [],
    );
    const dangling = given
      .filter((type) => !accepted.some((each) => each.type === type))
      .map((type) => ({ reason: `it does not take the credential type ${type}`, advice: 'Remove it.' }));
    const missing = accepted
      .filter(({ type, required }) => required && !given.includes(type))
      .map(({ type }) => ({
        reason: `a credential of type ${type} is missing`,
        advice: 'Name one: { "id": null, "name": "…" }.',
      }));
    const unknown = accepted
      .filter(({ type }) => !catalog.hasCredentialType(type))
      .map(({ type }) => ({
        reason: `there is no credential type "${type}"`,
        advice: 'Choose one that n8n or this package has.',
      }));
    return [...dangling, ...missing, ...unknown].map((finding) => ({ node: node.name, ...finding }));
  });

/** The credential types that a node takes with the parameters it has. */
function acceptedBy({ description, effective, typeVersion }: NodeView): Accepted[] {
  const declared = (description?.credentials ?? [])
    .filter((credential) =>
      NodeHelpers.displayParameter(
        effective as INodeParameters,
        credential,
        { typeVersion },
        description ?? null,
      ),
    )
    .map(({ name, required }) => ({ type: name, required: required === true }));
  // Nodes for any service name the type of the credential in a parameter of their own.
  const chosen = [
    effective.authentication === 'predefinedCredentialType' ? effective.nodeCredentialType : undefined,
    effective.authentication === 'genericCredentialType' ? effective.genericAuthType : undefined,
  ];
  return [
    ...declared,
    ...chosen.flatMap((type) => (typeof type === 'string' ? [{ type, required: true }] : [])),
  ];
}
