import { ServiceError } from '../http';
import { unknownName } from './by-name';
import type { DiscordClient } from './client';
import { botId } from './invites';
import { MEMBER, hidden, takingPart } from './permissions';
import { CODE, DISCORD, DiscordRefusal } from './refusal';
import type { ChannelEntity } from './schemas';
import { createCategory, isCategory, readServerChannels } from './server-channels';

/** Discord's limit of channels in a category. */
const MOST_CHANNELS = 50;
/** Each time others took the last place in the meantime. */
const TRIES = 5;

/** The server's categories, in Discord's order. */
export async function listCategories(client: DiscordClient): Promise<Array<{ id: string; name: string }>> {
  const channels = await readServerChannels(client);
  return channels.filter(isCategory).map(({ id, name }) => ({ id, name: name ?? id }));
}

/**
 * Does something that takes a place in the category of this name or ID. When it is full, in the next one, named alike with
 * a number behind (`Tickets 2`), which is made when there is none. What `use` is refused for since the category is full
 * or gone is tried again in another one.
 */
export async function inCategory<Result>(
  client: DiscordClient,
  { category, reason }: { category: string; reason: string },
  use: (categoryId: string) => Promise<Result>,
): Promise<Result> {
  const full = new Set<string>();
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const id = await placeIn(client, category, full, reason);
    const done = await use(id).then(
      (result) => ({ result }),
      (error: unknown) => {
        if (isAboutCategory(error)) return undefined;
        throw error;
      },
    );
    if (done) return done.result;
    full.add(id);
  }
  throw new ServiceError(
    DISCORD,
    `${DISCORD} has no place left in the category "${category}" and those after it: others take each of them first. It is tried again later.`,
    true,
  );
}

function isAboutCategory(error: unknown): boolean {
  return (
    error instanceof DiscordRefusal && error.code === CODE.invalidForm && error.message.includes('parent_id')
  );
}

async function placeIn(
  client: DiscordClient,
  wanted: string,
  full: ReadonlySet<string>,
  reason: string,
): Promise<string> {
  const channels = await readServerChannels(client);
  const categories = channels.filter(isCategory);
  const first =
    categories.find(({ id }) => id === wanted) ?? categories.find((each) => isNamed(each, wanted));
  if (!first) {
    const known = categories.map(({ id, name }) => ({ id, names: [name ?? id] }));
    throw unknownName(known, wanted, 'category');
  }
  const name = first.name ?? '';
  const row = [first, ...categories.filter((each) => numberOf(each, name) > 1)].sort(
    (one, other) => numberOf(one, name) - numberOf(other, name),
  );
  const children = (id: string) => channels.filter(({ parent_id: parent }) => parent === id).length;
  const free = row.find(({ id }) => !full.has(id) && children(id) < MOST_CHANNELS);
  if (free) return free.id;
  const next = Math.max(...row.map((each) => numberOf(each, name))) + 1;
  const made = await createCategory(client, {
    name: `${name} ${next}`,
    // Without a right of its own, the bot could make no channel in it either.
    overwrites: [hidden(client.serverId), takingPart(await botId(client), MEMBER)],
    reason,
  });
  return made.id;
}

function isNamed({ name }: ChannelEntity, wanted: string): boolean {
  return name?.toLowerCase() === wanted.toLowerCase();
}

/** `Tickets` is the first, `Tickets 2` the second; 0 for one that is not among them. */
function numberOf({ name }: ChannelEntity, base: string): number {
  if (name === base) return 1;
  const [, number] = /^ (\d{1,4})$/.exec(name?.startsWith(base) ? name.slice(base.length) : '') ?? [];
  return number === undefined ? 0 : Number(number);
}
