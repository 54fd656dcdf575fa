const ADDRESS = /^[^\s<>@,;"]+@[^\s<>@,;"]+\.[^\s<>@,;".]+$/;
const NAMED = /^[^<>]*<\s*([^<>]+?)\s*>$/;

/** The address in `email@example.com` or `Name <email@example.com>`, in lower case; undefined for anything else. */
export function addressIn(text: string): string | undefined {
  const address = (NAMED.exec(text)?.[1] ?? text).trim();
  return ADDRESS.test(address) ? address.toLowerCase() : undefined;
}

/** What is behind the `@`. */
export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

const TEST_ADDRESSES = ['delivered', 'bounced', 'complained', 'suppressed'] as const;

/** What an address of Resend's for tests stands for, with or without a label; undefined for all others. */
export function testAddress(text: string): (typeof TEST_ADDRESSES)[number] | undefined {
  const [name, domain] = (addressIn(text) ?? '').split('@');
  if (domain !== 'resend.dev') return undefined;
  return TEST_ADDRESSES.find((known) => known === name?.split('+', 1)[0]);
}
