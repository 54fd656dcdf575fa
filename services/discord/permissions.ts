/** Permissions that tickets take: discord.com/developers/docs/topics/permissions. There are more of them than 32. */
export const PERMISSION = {
  administrator: 1n << 3n,
  manageChannels: 1n << 4n,
  viewChannel: 1n << 10n,
  sendMessages: 1n << 11n,
  embedLinks: 1n << 14n,
  attachFiles: 1n << 15n,
  readMessageHistory: 1n << 16n,
} as const;
export type Permission = keyof typeof PERMISSION;

/** What may be done in a channel by a role or a member, before what is said for others. */
export interface Overwrite {
  /** Of the role or member. */
  id: string;
  type: typeof ROLE | typeof MEMBER;
  /** Decimal numbers of bits. */
  allow: string;
  deny: string;
}

export const ROLE = 0;
export const MEMBER = 1;

const TAKING_PART: readonly Permission[] = [
  'viewChannel',
  'sendMessages',
  'embedLinks',
  'attachFiles',
  'readMessageHistory',
];

/** The decimal number of permissions together. */
export function bitsOf(permissions: readonly Permission[]): string {
  return permissions.reduce((bits, name) => bits | PERMISSION[name], 0n).toString();
}

/** Whether a decimal number of bits has one of these, or all permissions of an administrator. */
export function hasAny(bits: string | undefined, permissions: readonly Permission[]): boolean {
  if (bits === undefined || !/^\d+$/.test(bits)) return false;
  return permissions.some((name) => (BigInt(bits) & PERMISSION[name]) !== 0n);
}

/** Nobody sees the channel, unless something else is said for them. */
export function hidden(everyoneId: string): Overwrite {
  return { id: everyoneId, type: ROLE, allow: '0', deny: bitsOf(['viewChannel']) };
}

/** May read and write. */
export function takingPart(id: string, type: Overwrite['type']): Overwrite {
  return { id, type, allow: bitsOf(TAKING_PART), deny: '0' };
}

/** May read only. */
export function reading(id: string, type: Overwrite['type']): Overwrite {
  return { id, type, allow: bitsOf(['viewChannel', 'readMessageHistory']), deny: bitsOf(['sendMessages']) };
}
