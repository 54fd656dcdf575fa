/**
 * Whether two addresses lead to the same: a service may hand one back in another spelling, and an admin may have typed
 * it with a slash at its end, which n8n passes over.
 */
export function isSameAddress(one: string, other: string): boolean {
  return spelt(one) === spelt(other);
}

function spelt(address: string): string {
  return (URL.canParse(address) ? new URL(address).href : address).replace(/\/+$/, '');
}
