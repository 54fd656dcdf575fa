import type { DiscordState } from './state';

/** Bits of an application's `flags` that an owner can set for an application in few servers: `…_LIMITED`. */
export const INTENT_FLAGS = { presence: 1 << 13, guildMembers: 1 << 15, messageContent: 1 << 19 } as const;
/** The same intents as they are granted to an application in many servers. */
const GRANTED_FLAGS = { presence: 1 << 12, guildMembers: 1 << 14, messageContent: 1 << 18 } as const;

export type Intent = keyof typeof INTENT_FLAGS;

export function hasIntent({ application }: DiscordState, intent: Intent): boolean {
  return (application.flags & (INTENT_FLAGS[intent] | GRANTED_FLAGS[intent])) !== 0;
}

export function setIntent(state: DiscordState, intent: Intent, isOn: boolean): void {
  const others = state.application.flags & ~(INTENT_FLAGS[intent] | GRANTED_FLAGS[intent]);
  state.application = { ...state.application, flags: others | (isOn ? INTENT_FLAGS[intent] : 0) };
}
