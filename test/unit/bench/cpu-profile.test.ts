import { describe, expect, it } from '@jest/globals';
import { GROUPS, heaviest, ownerOf, timeByGroup } from '../../../bench/cpu-profile';

const PACKAGE = 'file:///data/n8n/.n8n/nodes/node_modules/n8n-nodes-lifecycle/dist';
const MODULES = '/checkout/stack/node_modules';

describe('whose code a frame is', () => {
  it.each([
    [`${PACKAGE}/services/intake/receive.js`, 'our package'],
    [`${PACKAGE}/vendor/pg.js`, 'pg, bundled into our package'],
    [`${PACKAGE}/vendor/zod_v4.js`, 'zod, bundled into our package'],
    [`${PACKAGE}/vendor/p-limit.js`, 'our package'],
    [`${MODULES}/n8n/dist/webhooks/live-webhooks.js`, 'n8n'],
    [`${MODULES}/n8n-core/dist/index.js`, 'n8n'],
    [`${MODULES}/@n8n/db/dist/index.js`, 'n8n'],
    [`${MODULES}/@n8n/expression-runtime/dist/index.js`, "n8n's expression engine"],
    [`${MODULES}/isolated-vm/isolated-vm.js`, "n8n's expression engine"],
    [`${MODULES}/pg/lib/client.js`, 'libraries of n8n (Express, TypeORM, its own pg, …)'],
    [
      `${MODULES}/n8n/node_modules/express/lib/router.js`,
      'libraries of n8n (Express, TypeORM, its own pg, …)',
    ],
    ['node:internal/crypto/hash', undefined],
    ['', undefined],
  ])('%s', (url, owner) => {
    expect(ownerOf({ url, functionName: 'f' })).toBe(owner);
  });
});

const profile = {
  nodes: [
    { id: 1, callFrame: { functionName: '(root)', url: '' }, children: [2, 5, 6, 7] },
    {
      id: 2,
      callFrame: { functionName: 'executeWebhook', url: `${MODULES}/n8n/dist/webhooks.js` },
      children: [3],
    },
    {
      id: 3,
      callFrame: { functionName: 'verify', url: `${PACKAGE}/services/intake/stripe.js` },
      children: [4],
    },
    { id: 4, callFrame: { functionName: 'digest', url: 'node:internal/crypto/hash' } },
    { id: 5, callFrame: { functionName: '(idle)', url: '' } },
    { id: 6, callFrame: { functionName: '(garbage collector)', url: '' } },
    { id: 7, callFrame: { functionName: 'onStreamRead', url: 'node:internal/stream_base_commons' } },
  ],
  samples: [2, 3, 4, 5, 6, 7],
  timeDeltas: [1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
};

describe('a CPU profile', () => {
  it('is told by whose code the time was spent in, with what it had Node.js do', () => {
    const times = timeByGroup(profile);
    expect([...times.keys()]).toEqual([...GROUPS]);
    expect(times.get('n8n')).toBe(1);
    expect(times.get('our package')).toBe(6);
    expect(times.get('idle')).toBe(8);
    expect(times.get('garbage collection')).toBe(16);
    expect(times.get('Node.js, called by none of these')).toBe(32);
    expect(times.get("n8n's expression engine")).toBe(0);
  });

  it('names the heaviest functions of a group', () => {
    expect(heaviest(profile, 'our package', 3)).toEqual([
      { name: 'verify intake/stripe.js', milliseconds: 6 },
    ]);
  });
});
