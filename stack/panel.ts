import { N8nApi } from './n8n-api';
import type { Stack } from './stack';

const WORKFLOW = 'ticket-panel';
const TRIGGER = 'Publish now';

/** Has n8n put the message by which members open tickets into the sandbox's Discord; a real server is left alone. */
export async function publishPanel({ n8nUrl, owner, services }: Stack): Promise<void> {
  if (services.discord) return;
  const api = new N8nApi(n8nUrl);
  await api.logIn(owner);
  const workflow = await api.workflow(WORKFLOW);
  if (workflow) await api.run(workflow, TRIGGER);
}
