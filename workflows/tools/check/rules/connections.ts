import type { Rule, Subject } from '../subject';

interface Line {
  source: string;
  type: string;
  output: number;
  target: string;
  targetType: string;
  input: number;
}

/** Every connection of a workflow. */
export function linesOf({ workflow }: Pick<Subject, 'workflow'>): Line[] {
  return Object.entries(workflow.connections).flatMap(([source, byType]) =>
    Object.entries(byType).flatMap(([type, outputs]) =>
      outputs.flatMap((targets, output) =>
        (targets ?? []).map((target) => ({
          source,
          type,
          output,
          target: target.node,
          targetType: target.type,
          input: target.index,
        })),
      ),
    ),
  );
}

export const noDanglingConnections: Rule = (subject) => {
  const byName = new Map(subject.nodes.map((node) => [node.name, node]));
  return linesOf(subject).flatMap(({ source, type, output, target, targetType, input }) => {
    const advice = 'Draw the connection again in the editor.';
    const from = byName.get(source);
    const to = byName.get(target);
    if (!from) return [{ node: source, reason: 'a connection starts at a node that is not there', advice }];
    if (!to)
      return [{ node: source, reason: `a connection leads to "${target}", which is not there`, advice }];
    const outputs = from.outputs.filter((each) => each === type).length;
    const inputs = to.inputs.filter((each) => each === targetType).length;
    return [
      ...(from.description && output >= outputs
        ? [{ node: source, reason: `it has no output ${output + 1} of type ${type}`, advice }]
        : []),
      ...(to.description && input >= inputs
        ? [{ node: target, reason: `it has no input ${input + 1} of type ${targetType}`, advice }]
        : []),
    ];
  });
};

export const noUnconnectedNodes: Rule = (subject) => {
  const reached = new Set(linesOf(subject).map(({ target }) => target));
  return subject.nodes
    .filter(({ name, inputs }) => inputs.length > 0 && !reached.has(name))
    .map(({ name }) => ({
      node: name,
      reason: 'no connection leads to it, so that it never runs',
      advice: 'Connect it or remove it.',
    }));
};
