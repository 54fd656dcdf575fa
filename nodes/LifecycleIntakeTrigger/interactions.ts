import type { IWebhookFunctions } from 'n8n-workflow';
import { asError } from '../../services/http';
import {
  discord,
  receiveInteraction,
  type IntakeEvent,
  type IntakeRequest,
  type SentAnswer,
} from '../../services/intake';
import type { Store } from '../../store';
import { providerSecrets } from '../shared/provider-secrets';
import { firstAnswersOf } from './first-answers';
import { intakeAccess, nodeKey } from './intake-access';

/** Discord takes an answer for three seconds, its way back included. */
const LONGEST_MS = 2_000;

interface InteractionAccess {
  publicKeys: readonly string[];
  /** Rejects when the store is out of reach. */
  store(): Promise<Store>;
}

/** Public keys that were read last, by node: for telling Discord from others while the store is out of reach. */
const lastRead = new Map<string, readonly string[]>();

/**
 * Answers one interaction, always in time. In the editor its event is put into `taken` instead of being stored.
 * @param onError told when the store is out of reach
 */
export async function takeInteraction(
  context: IWebhookFunctions,
  request: IntakeRequest,
  { taken, onError }: { taken: IntakeEvent[]; onError: (error: unknown) => void },
): Promise<SentAnswer> {
  const deadline = Date.now() + LONGEST_MS;
  const table = firstAnswersOf(context);
  const manual = context.getMode() === 'manual';
  const receiveWith = ({ publicKeys, store }: InteractionAccess) =>
    receiveInteraction(request, {
      publicKeys,
      table,
      onError,
      keep: async (token, event) => {
        if (manual) return void taken.push(event);
        const stored = store().then(async ({ interactions, events }) => {
          await interactions.keep(token);
          await events.accept({ ...event, source: discord.source });
        });
        await before(deadline, stored);
      },
    });
  const answer = await receiveWith(await accessTo(context, deadline, { doubted: false }));
  // The key may be newer than what was read a while ago.
  return answer.status === 401
    ? await receiveWith(await accessTo(context, deadline, { doubted: true }))
    : answer;
}

/** The public keys as far as they are known, whatever is out of reach: even then Discord's probes have to be refused. */
async function accessTo(
  context: IWebhookFunctions,
  deadline: number,
  { doubted }: { doubted: boolean },
): Promise<InteractionAccess> {
  const key = nodeKey(context);
  const access = await before(deadline, intakeAccess(context, discord, { doubted })).catch(asError);
  if (!(access instanceof Error)) {
    lastRead.set(key, access.secrets);
    return { publicKeys: access.secrets, store: () => Promise.resolve(access.store) };
  }
  const entered = await before(deadline, providerSecrets(context, discord.source)).catch(() => []);
  return {
    publicKeys: [...entered, ...(lastRead.get(key) ?? [])],
    store: () => Promise.reject(access),
  };
}

/** What `work` gives, if it does by then. */
async function before<Result>(deadline: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const tooLate = () => reject(new Error(`nothing came back within ${LONGEST_MS / 1000} s`));
    timer = setTimeout(tooLate, deadline - Date.now());
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
