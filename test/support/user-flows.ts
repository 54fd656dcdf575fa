import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IDataObject, INodeType } from 'n8n-workflow';
import { LifecycleStore } from '../../nodes/LifecycleStore/LifecycleStore.node';
import { MauticAudience } from '../../nodes/MauticAudience/MauticAudience.node';
import { executeNode, type FilledCredential } from './execute-node';
import type { NodeInFile } from './mautic-setup';

/** The workflows that keep Mautic as the plan, the payments and the activity of a user are. */
export const FLOWS = [
  'user-registered',
  'plan-changed',
  'user-churned',
  'user-activity',
  'customer-billing',
] as const;
export type Flow = (typeof FLOWS)[number];

/** What becomes of one try: n8n is killed before the node of this number, the trigger's being 0; Mautic refuses all calls. */
export interface Fate {
  killedBefore?: number;
  mauticDown?: boolean;
}

/** An item that a trigger hands out, and what becomes of it. */
export interface Try {
  item: IDataObject;
  fate: Fate;
}

interface WorkflowFile {
  nodes: NodeInFile[];
  connections: Record<string, { main: Array<Array<{ node: string }>> }>;
}

interface Credentials {
  store: FilledCredential;
  mautic: FilledCredential;
  /** Mautic refuses it. */
  mauticDown: FilledCredential;
}

const NODES: Readonly<Record<string, () => INodeType>> = {
  'n8n-nodes-lifecycle.lifecycleStore': () => new LifecycleStore(),
  'n8n-nodes-lifecycle.mauticAudience': () => new MauticAudience(),
};

/**
 * The shipped workflow files, run without n8n: their store and Mautic nodes really, with the parameters of the file; all
 * others let items pass by their last output.
 */
export class UserFlows {
  private readonly files = new Map(FLOWS.map((flow) => [flow, workflowFile(flow)]));

  constructor(private readonly credentials: Credentials) {}

  /** The workflows that an event of the type (`source:type`) is handed to. */
  handlersOf(eventType: string): Flow[] {
    return FLOWS.filter((flow) => {
      const trigger = this.files.get(flow)?.nodes.find(({ type }) => type.endsWith('EventTrigger'));
      return (trigger?.parameters.eventTypes as string[] | undefined)?.includes(eventType);
    });
  }

  /** Runs one execution; gives those of the tries that came to their end without a failure. */
  async run(flow: Flow, tries: readonly Try[]): Promise<Try[]> {
    const file = this.files.get(flow);
    const trigger = file?.nodes.find(({ type }) => type.endsWith('EventTrigger'));
    if (!file || !trigger) throw new Error(`${flow} has no trigger`);
    const given = tries.map(({ item, fate }) => ({ item: withDelivery(item), fate }));
    const ended = await this.follow(file, trigger, 0, given);
    return tries.filter(({ item }) =>
      ended.some((other) => other.event === item.event && !other.failure && !other.failures),
    );
  }

  /** Gives the items that have come to *Settle*. */
  private async follow(
    file: WorkflowFile,
    node: NodeInFile,
    depth: number,
    tries: readonly Try[],
  ): Promise<IDataObject[]> {
    const alive = tries.filter(({ fate }) => fate.killedBefore === undefined || fate.killedBefore > depth);
    if (alive.length === 0) return [];
    const next = file.connections[node.name]?.main;
    if (!next) return alive.map(({ item }) => item);
    const outputs = await this.through(node, alive, next.length);
    const ended: IDataObject[] = [];
    for (const [index, output] of outputs.entries()) {
      for (const { node: name } of next[index] ?? []) {
        const following = file.nodes.find((other) => other.name === name);
        if (following) ended.push(...(await this.follow(file, following, depth + 1, output)));
      }
    }
    return ended;
  }

  private async through(node: NodeInFile, tries: readonly Try[], outputs: number): Promise<Try[][]> {
    const nodeType = NODES[node.type]?.();
    if (!nodeType)
      return Array.from({ length: outputs }, (_none, index) => (index === outputs - 1 ? [...tries] : []));
    const { store, mautic, mauticDown } = this.credentials;
    const parted = [
      { credentials: [store, mautic], some: tries.filter(({ fate }) => !fate.mauticDown) },
      { credentials: [store, mauticDown], some: tries.filter(({ fate }) => fate.mauticDown) },
    ];
    const results: Try[][] = Array.from({ length: outputs }, () => []);
    for (const { credentials, some } of parted) {
      const executed = await executeNode(
        { node: nodeType, parameters: node.parameters, credentials, name: node.name },
        some.map(({ item }) => item),
      );
      executed.forEach((items, index) => {
        for (const { json, pairedItem } of items) {
          const from = typeof pairedItem === 'object' && !Array.isArray(pairedItem) ? pairedItem.item : 0;
          results[index]?.push({ item: json, fate: some[from]?.fate ?? {} });
        }
      });
    }
    return results;
  }
}

/** As nobody holds this delivery in the store, only what the event says is kept, and nobody waits for anybody. */
function withDelivery(item: IDataObject): IDataObject {
  return { ...item, delivery: { id: '0', lease: randomUUID(), attempt: 1 } };
}

function workflowFile(flow: Flow): WorkflowFile {
  const file = path.resolve(__dirname, `../../workflows/${flow}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as WorkflowFile;
}
