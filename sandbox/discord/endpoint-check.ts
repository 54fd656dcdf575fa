import { z } from 'zod/v4';
import { ANSWERS } from './answers';
import { pingPayload } from './interaction-payload';
import { badlySignedHeaders, signedHeaders } from './signature';
import type { World } from './world';

const pongSchema = z.object({ type: z.literal(ANSWERS.pong) });

/** Whether an endpoint answers a PING with a PONG in time, and one with a bad signature with 401. */
export async function endpointAnswersRightly({ state, post }: World, url: string): Promise<boolean> {
  const body = JSON.stringify(pingPayload(state));
  const { firstAnswerMs } = state.settings;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), firstAnswerMs);
  });
  const both = Promise.all([post(url, signedHeaders(body), body), post(url, badlySignedHeaders(body), body)]);
  const answers = await Promise.race([late, both]);
  clearTimeout(timer);
  if (!answers) return false;
  const [pong, refusal] = answers;
  const isJson = pong.contentType === undefined || pong.contentType.includes('json');
  return pong.status === 200 && isJson && isPong(pong.body) && refusal.status === 401;
}

function isPong(body: string): boolean {
  try {
    return pongSchema.safeParse(JSON.parse(body)).success;
  } catch {
    return false;
  }
}
