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

/** What an address of Resend's for tests stands for, with or without a label; undefined for all others. */
export function testAddress(text: string): 'delivered' | 'bounced' | 'complained' | 'suppressed' | undefined {
  const [, name] =
    /^(delivered|bounced|complained|suppressed)(?:\+[^@]*)?@resend\.dev$/.exec(addressIn(text) ?? '') ?? [];
  switch (name) {
    case 'delivered':
    case 'bounced':
    case 'complained':
    case 'suppressed':
      return name;
    default:
      return undefined;
  }
}
