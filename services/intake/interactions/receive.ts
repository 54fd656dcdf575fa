import { orError } from '../../http';
import {
  LARGEST_BODY_BYTES,
  UnreadableBody,
  type IntakeEvent,
  type IntakeRequest,
  type SentAnswer,
} from '../provider';
import { discord } from '../providers/discord';
import { firstAnswer, type FirstAnswerRow } from './first-answer';
import { eventOf, isPing, readInteraction, tokenOf, type Interaction, type KeptToken } from './interaction';
import { NOT_STORED, PONG, type InteractionResponse } from './response';

export interface InteractionIntake {
  /** Public keys of the application, hexadecimal. */
  publicKeys: readonly string[];
  table: readonly FirstAnswerRow[];
  /** Keeps the token and then the event, each once; rejects when the store is out of reach, or not soon enough there. */
  keep(token: KeptToken, event: IntakeEvent): Promise<void>;
  /** Told when the store is out of reach. */
  onError?(error: unknown): void;
  now?: Date;
}

/**
 * Takes one interaction of Discord. Nothing but the size of the body is looked at before its signature: Discord probes
 * with bad ones, and takes the address away when they are not refused with 401. A genuine interaction is answered as
 * the table says; for what a workflow is to work on, after its event is committed. Discord shows nothing for any other
 * status, so the person is told in words when that fails.
 */
export async function receiveInteraction(
  request: IntakeRequest,
  { publicKeys, table, keep, onError, now = new Date() }: InteractionIntake,
): Promise<SentAnswer> {
  if (request.rawBody.length > LARGEST_BODY_BYTES) return refusal(413, 'the body is larger than 1 MiB');
  const reason = discord.verify(request, publicKeys, now);
  if (reason !== undefined) return refusal(401, reason);
  const interaction = orError(() => readBody(request));
  if (interaction instanceof Error) {
    return interaction instanceof UnreadableBody
      ? refusal(interaction.status, interaction.message)
      : refusal(400, 'the body is not valid JSON');
  }
  if (interaction === 'ping') return shown(PONG);
  const { response, isWorkedOn } = firstAnswer(interaction, table);
  const event = eventOf(interaction);
  if (!isWorkedOn || event === undefined) return shown(response);
  return await keep(tokenOf(interaction), event).then(
    () => shown(response),
    (error: unknown) => {
      onError?.(error);
      return shown(NOT_STORED);
    },
  );
}

function readBody({ rawBody }: IntakeRequest): Interaction | 'ping' {
  const body: unknown = JSON.parse(rawBody.toString('utf8'));
  return isPing(body) ? 'ping' : readInteraction(body);
}

function shown(body: InteractionResponse): SentAnswer {
  return { status: 200, body };
}

function refusal(status: number, reason: string): SentAnswer {
  return { status, body: { received: false, reason } };
}
