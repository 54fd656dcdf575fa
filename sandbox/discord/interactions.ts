import type { Json } from '../double';
import { randomLetters } from '../letters';
import { applyAnswer } from './answers';
import { DiscordError, invalidWebhookToken, unknown } from './errors';
import { interactionPayload } from './interaction-payload';
import type { Place } from './messages';
import type { Interaction, Member, Message } from './schemas';
import { signedHeaders } from './signature';
import { newSnowflake } from './snowflake';
import type { DiscordState } from './state';
import type { World } from './world';

const TOKEN_LENGTH = 120;

/** What somebody does with a component or a modal. */
export interface Doing extends Pick<Interaction, 'kind' | 'customId'> {
  member: Member;
  place: Place;
  message: Message | undefined;
  /** The interaction that opened the modal. */
  openedBy: string | null;
  /** `data` of what is sent. */
  data: Json;
}

/** Tells the application's endpoint what members do, and does what it answers. */
export class Interactions {
  /** Who waits for the first answer, by the interaction. */
  private readonly waiting = new Map<string, () => void>();

  constructor(private readonly world: World) {}

  /** Gives what came of it: answered, by either way, or failed when there was no right answer in time. */
  async ask(doing: Doing): Promise<Interaction> {
    const { state } = this.world;
    const { kind, customId, member, place, message, openedBy } = doing;
    const interaction: Interaction = {
      id: newSnowflake(),
      token: randomLetters(TOKEN_LENGTH),
      kind,
      memberId: member.id,
      channelId: place.channel.id,
      messageId: message?.id ?? null,
      openedBy,
      customId,
      createdAt: new Date().toISOString(),
      status: 'asked',
      answerType: null,
      responseId: null,
      modal: null,
      isModalOpen: false,
      problem: null,
    };
    state.interactions.set(interaction.id, interaction);
    this.world.changed();
    const problem = await this.firstAnswer(interaction, doing);
    const seen = state.interactions.get(interaction.id) ?? interaction;
    const result: Interaction = seen.status === 'asked' ? { ...seen, status: 'failed', problem } : seen;
    // A reset meanwhile has made it unknown.
    if (state.interactions.has(result.id)) state.interactions.set(result.id, result);
    this.world.changed();
    return result;
  }

  /** Whoever waits for the first answer need not any longer. */
  acknowledged({ id }: Interaction): void {
    this.waiting.get(id)?.();
  }

  /** What was wrong, if nothing has answered rightly in time. */
  private async firstAnswer(interaction: Interaction, doing: Doing): Promise<string | null> {
    const { state, post } = this.world;
    const { interactionsEndpointUrl: url } = state.application;
    if (url === null) return 'No interactions endpoint is registered.';
    const body = JSON.stringify(interactionPayload(interaction, doing, this.world));
    const { firstAnswerMs } = state.settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(
        () => resolve(`It was not answered within ${firstAnswerMs / 1000} seconds.`),
        firstAnswerMs,
      );
    });
    const byCallback = new Promise<null>((resolve) => this.waiting.set(interaction.id, () => resolve(null)));
    const byResponse = post(url, signedHeaders(body), body).then((answer) =>
      // 202 without a body promises a call of the callback's address.
      answer.status === 202 && answer.body === '' ? late : this.apply(interaction, answer),
    );
    try {
      return await Promise.race([late, byCallback, byResponse]);
    } finally {
      clearTimeout(timer);
      this.waiting.delete(interaction.id);
    }
  }

  private apply(
    { id }: Interaction,
    { status, body, contentType }: Awaited<ReturnType<World['post']>>,
  ): string | null {
    const interaction = this.world.state.interactions.get(id);
    if (interaction?.status !== 'asked') return null;
    if (status === 0) return `The endpoint does not answer (${body}).`;
    if (status !== 200) return `The endpoint answered ${status}.`;
    if (contentType !== undefined && !contentType.includes('json'))
      return 'The answer is not declared as JSON.';
    try {
      applyAnswer(this.world, interaction, { fields: JSON.parse(body), files: [] });
      return null;
    } catch (error) {
      if (error instanceof DiscordError) return error.told;
      if (error instanceof SyntaxError) return 'The answer is no JSON.';
      throw error;
    }
  }
}

/** An interaction by its token that still waits for its first answer. Throws 404 once it is too late. */
export function unansweredInteraction(state: DiscordState, id: string, token: string): Interaction {
  const interaction = state.interactions.get(id);
  if (interaction?.token !== token || interaction.status === 'failed') throw unknown('interaction');
  if (hasExpired(state, interaction)) throw unknown('interaction');
  return interaction;
}

/**
 * The interaction that a follow-up belongs to. Throws 404 when it has not been answered first, for only then there is
 * a webhook, and 401 when the token has expired.
 */
export function answeredInteraction(state: DiscordState, applicationId: string, token: string): Interaction {
  if (applicationId !== state.application.id) throw unknown('Webhook');
  const interaction = [...state.interactions.values()].find((candidate) => candidate.token === token);
  if (!interaction || hasExpired(state, interaction)) throw invalidWebhookToken();
  if (interaction.status !== 'answered') throw unknown('Webhook');
  return interaction;
}

function hasExpired({ settings }: DiscordState, { createdAt }: Interaction): boolean {
  return Date.now() - Date.parse(createdAt) >= settings.tokenLifeMs;
}
