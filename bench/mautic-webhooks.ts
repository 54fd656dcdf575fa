import { z } from 'zod/v4';
import { MAUTIC_PASSWORD, MAUTIC_USERNAME } from '../sandbox/identities';
import type { SandboxControl } from './sandbox-control';
import type { BenchStack } from './stack';

const stateSchema = z.object({
  webhooks: z.array(z.object({ id: z.number(), webhookUrl: z.string(), isPublished: z.boolean() })),
});

/**
 * Lets the sandbox's Mautic send its webhooks to this path of n8n only, or, without one, to nobody. What n8n is called by
 * is left open: some say `localhost`, some `127.0.0.1`.
 */
export async function sendWebhooksTo(
  { sandbox, stack }: Pick<BenchStack, 'sandbox' | 'stack'>,
  path?: string,
): Promise<void> {
  const { webhooks } = await readWebhooks(sandbox);
  const wanted = webhooks.filter(({ webhookUrl }) => new URL(webhookUrl).pathname === path);
  if (path !== undefined && wanted.length !== 1) {
    throw new Error(`The sandbox's Mautic has ${wanted.length} webhooks to ${path} instead of one.`);
  }
  for (const webhook of webhooks) {
    const { id, isPublished } = webhook;
    if (isPublished !== wanted.includes(webhook)) await publish(stack.sandboxUrl, id, !isPublished);
  }
}

async function readWebhooks(sandbox: SandboxControl): Promise<z.infer<typeof stateSchema>> {
  return stateSchema.parse(await sandbox.call('GET', '/sandbox/state/mautic'));
}

async function publish(sandboxUrl: string, id: number, isPublished: boolean): Promise<void> {
  const credentials = Buffer.from(`${MAUTIC_USERNAME}:${MAUTIC_PASSWORD}`).toString('base64');
  const response = await fetch(`${sandboxUrl}/mautic/api/hooks/${id}/edit`, {
    method: 'PATCH',
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
    body: JSON.stringify({ isPublished }),
  });
  if (!response.ok) {
    throw new Error(`The sandbox's Mautic did not change its webhook ${id}: ${await response.text()}`);
  }
  await response.body?.cancel();
}
