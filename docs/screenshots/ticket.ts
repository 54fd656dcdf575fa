import path from 'node:path';
import type { Browser } from 'playwright-core';
import { z } from 'zod/v4';
import { publishPanel } from '../../stack/panel';
import type { Stack } from '../../stack/stack';
import { until } from '../../test/support/until';

const viewSchema = z.object({
  ephemeral: z.array(z.object({ content: z.string(), customIds: z.array(z.string().nullable()) })),
});
const stateSchema = z.object({
  channels: z.array(z.object({ id: z.string(), name: z.string() })),
  members: z.array(z.object({ id: z.string(), name: z.string() })),
});

/** A ticket in the sandbox's Discord, as its opener sees it, and what staff is told of it. */
export async function takeTicket(browser: Browser, stack: Stack): Promise<void> {
  const act = async (action: string, input: object): Promise<unknown> => {
    const target = `${stack.sandboxUrl}/sandbox/discord/actions/${action}`;
    const response = await fetch(target, { method: 'POST', body: JSON.stringify(input) });
    if (!response.ok) throw new Error(`${action}: ${await response.text()}`);
    return await response.json();
  };
  /** Waits for what a member is to see. */
  const told = async (member: string, what: string): Promise<void> =>
    until(async () => {
      const { ephemeral } = viewSchema.parse(await act('see', { member }));
      return ephemeral.some(({ content, customIds }) => content.includes(what) || customIds.includes(what));
    }, `${member} to be told "${what}"`);
  const state = async () =>
    stateSchema.parse(await (await fetch(`${stack.sandboxUrl}/sandbox/state/discord`)).json());

  await publishPanel(stack);
  await until(
    async () =>
      JSON.stringify(await act('read', { member: 'mira', channel: 'support' })).includes('ticket:new'),
    'the panel',
  );
  await act('click', { member: 'mira', customId: 'ticket:new' });
  await told('mira', 'ticket:category');
  await act('choose', { member: 'mira', customId: 'ticket:category', values: ['billing'] });
  await act('submit', {
    member: 'mira',
    values: {
      email: 'ada.lovelace@example.com',
      subject: 'Invoice for May',
      description: 'I have paid, but no invoice has come.',
    },
  });
  await told('mira', 'is ready');
  const ticket = (await state()).channels.find(({ name }) => name.startsWith('ticket-0'));
  if (!ticket) throw new Error('There is no ticket.');
  const number = Number(ticket.name.replace('ticket-', ''));
  await until(
    async () =>
      JSON.stringify(await act('read', { member: 'nora', channel: 'support-staff' })).includes('Invoice'),
    'staff to be told',
  );
  await act('click', { member: 'nora', customId: `ticket:claim:${number}` });
  await told('nora', 'is yours');
  await act('write', { member: 'nora', channel: ticket.id, content: 'Hello Mira, let me look it up.' });
  await act('write', {
    member: 'mira',
    channel: ticket.id,
    content: 'Thank you! This is what the bank says.',
    files: [{ name: 'bank.txt', text: '12.00 EUR' }],
  });

  const { channels, members } = await state();
  const idOf = (all: Array<{ id: string; name: string }>, name: string) =>
    all.find((each) => each.name === name)?.id ?? '';
  for (const [member, channel, name] of [
    ['mira', ticket.name, 'ticket'],
    ['nora', 'support-staff', 'ticket-staff'],
  ] as const) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
    const place = `${idOf(members, member)}/${idOf(channels, channel)}`;
    await page.goto(`${stack.sandboxUrl}/sandbox/discord/as/${place}`);
    await page.locator('#posts li').first().waitFor();
    await page.screenshot({ path: path.join(__dirname, `${name}.png`), fullPage: true });
    await page.close();
  }
}
