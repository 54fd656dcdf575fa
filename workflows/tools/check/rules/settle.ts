import type { NodeView, Rule } from '../subject';
import { EVENT_TRIGGER, LIFECYCLE_STORE } from '../../workflow';
import { linesOf } from './connections';

const MAIN = 'main';

/** An event that no Settle records counts as lost, and is worked on again and again. */
export const everyPathSettles: Rule = (subject) => {
  const byName = new Map(subject.nodes.map((node) => [node.name, node]));
  const lines = linesOf(subject).filter(({ type }) => type === MAIN);
  const seen = new Set<string>();
  const ends: Array<{ node: string; reason: string; advice: string }> = [];

  const follow = (node: NodeView): void => {
    if (seen.has(node.name) || isSettle(node)) return;
    seen.add(node.name);
    const end = (where: string): void => {
      ends.push({
        node: node.name,
        reason: `events that leave ${where} are never settled`,
        advice: 'Lead this path to a Lifecycle Store node set to Event: Settle.',
      });
    };
    const outputs = node.outputs.filter((type) => type === MAIN);
    if (outputs.length === 0) end('here');
    outputs.forEach((_type, output) => {
      const targets = lines
        .filter((line) => line.source === node.name && line.output === output)
        .flatMap(({ target }) => byName.get(target) ?? []);
      if (targets.length === 0) {
        end(outputs.length === 1 ? 'here' : `by the output "${node.outputNames[output]}"`);
      }
      targets.forEach(follow);
    });
  };

  subject.nodes.filter(({ type, disabled }) => type === EVENT_TRIGGER && !disabled).forEach(follow);
  return ends;
};

function isSettle({ type, disabled, effective }: NodeView): boolean {
  const { resource, operation } = effective;
  return type === LIFECYCLE_STORE && !disabled && resource === 'event' && operation === 'settle';
}
