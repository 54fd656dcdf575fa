import { z } from 'zod/v4';

/** A `.cpuprofile` as V8 writes it; times in microseconds. */
export const cpuProfileSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
export type CpuProfile = z.infer<typeof cpuProfileSchema>;

export const GROUPS = [
  'our package',
  'pg, bundled into our package',
  'zod, bundled into our package',
  "n8n's expression engine",
  'n8n',
  'libraries of n8n (Express, TypeORM, its own pg, …)',
  'Node.js, called by none of these',
  'garbage collection',
  'idle',
] as const;
export type Group = (typeof GROUPS)[number];

/** Whose code a frame is; `undefined` for Node's own and V8's, which belong to whoever called them. */
export function ownerOf({ url, functionName }: { url: string; functionName: string }): Group | undefined {
  if (functionName === '(idle)') return 'idle';
  if (functionName === '(garbage collector)') return 'garbage collection';
  if (url.includes('/n8n-nodes-lifecycle/dist/vendor/zod')) return 'zod, bundled into our package';
  if (url.includes('/n8n-nodes-lifecycle/dist/vendor/pg')) return 'pg, bundled into our package';
  if (url.includes('/n8n-nodes-lifecycle/')) return 'our package';
  const library = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (library === undefined) return undefined;
  if (library === 'isolated-vm' || library === '@n8n/expression-runtime') return "n8n's expression engine";
  if (library === 'n8n' || library.startsWith('n8n-') || library.startsWith('@n8n/')) return 'n8n';
  return 'libraries of n8n (Express, TypeORM, its own pg, …)';
}

/**
 * CPU time in milliseconds by whose code it was spent in: the innermost frame that is somebody's counts, so that hashing
 * or writing to a socket belongs to the code that asked Node.js for it. Gives all groups, also those without any.
 */
export function timeByGroup({ nodes, samples, timeDeltas }: CpuProfile): Map<Group, number> {
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  const parentOf = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const groupOf = new Map<number, Group>();
  const resolve = (id: number): Group => {
    const known = groupOf.get(id);
    if (known !== undefined) return known;
    const node = nodeOf.get(id);
    const parent = parentOf.get(id);
    const group =
      (node && ownerOf(node.callFrame)) ??
      (parent === undefined ? 'Node.js, called by none of these' : resolve(parent));
    groupOf.set(id, group);
    return group;
  };
  const times = new Map<Group, number>(GROUPS.map((group) => [group, 0]));
  samples.forEach((id, index) => {
    const group = resolve(id);
    times.set(group, (times.get(group) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  return times;
}

export interface FunctionTime {
  name: string;
  milliseconds: number;
}

/** The functions of a group in which, or in what they called outside of it, most time was spent, most first. */
export function heaviest(profile: CpuProfile, group: Group, count: number): FunctionTime[] {
  const nodeOf = new Map(profile.nodes.map((node) => [node.id, node]));
  const parentOf = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const times = new Map<string, number>();
  profile.samples.forEach((sample, index) => {
    for (let id: number | undefined = sample; id !== undefined; id = parentOf.get(id)) {
      const frame = nodeOf.get(id)?.callFrame;
      const owner = frame && ownerOf(frame);
      if (owner === undefined || !frame) continue;
      if (owner === group) {
        const name = `${frame.functionName || '(anonymous)'} ${frame.url.split('/').slice(-2).join('/')}`;
        times.set(name, (times.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
      }
      return;
    }
  });
  return [...times]
    .map(([name, milliseconds]) => ({ name, milliseconds }))
    .sort((one, other) => other.milliseconds - one.milliseconds)
    .slice(0, count);
}
