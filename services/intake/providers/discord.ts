import { eventOf, isPing, readInteraction } from '../interactions/interaction';
import { headerOf, type EventType, type Provider } from '../provider';
import { ed25519Key, isSignedForOneOf } from '../signature';
import { commandSample, componentSample, formSample } from './discord-samples';

/** Discord names no limit for the age of a signature; none is kept back for longer than an interaction lives. */
const TOLERANCE_SECONDS = 300;
const TIMESTAMP = /^\d{1,12}$/;
const SIGNATURE = /^[\da-f]{128}$/i;

const eventTypes: readonly EventType[] = [
  { type: 'interaction.component', title: 'Button pressed or option chosen', sample: componentSample },
  { type: 'interaction.modalSubmit', title: 'Form sent', sample: formSample },
  { type: 'interaction.command', title: 'Command used', sample: commandSample },
];

/** Interactions over HTTP. They are answered at once: by `receiveInteraction`. */
export const discord: Provider = {
  source: 'discord',
  title: 'Discord',
  eventTypes,

  /** `X-Signature-Ed25519: <hex>` over `X-Signature-Timestamp` and the raw body; the secrets are public keys. */
  verify(request, secrets, now) {
    const signature = headerOf(request, 'x-signature-ed25519');
    const timestamp = headerOf(request, 'x-signature-timestamp');
    if (!signature || !timestamp) return 'a header X-Signature-… is missing';
    if (!SIGNATURE.test(signature) || !TIMESTAMP.test(timestamp))
      return 'the headers X-Signature-… are malformed';
    const keys = secrets.flatMap((hex) => ed25519Key(hex) ?? []);
    if (keys.length === 0) return 'no public key is known';
    const signed = Buffer.concat([Buffer.from(timestamp), request.rawBody]);
    if (!isSignedForOneOf(keys, signed, Buffer.from(signature, 'hex'))) return 'the signature is wrong';
    const ageSeconds = now.getTime() / 1000 - Number(timestamp);
    return Math.abs(ageSeconds) > TOLERANCE_SECONDS
      ? 'the signature is too old or from the future'
      : undefined;
  },

  parse(body) {
    return isPing(body) ? [] : [eventOf(readInteraction(body)) ?? []].flat();
  },
};
