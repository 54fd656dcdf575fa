/** Longest part of somebody else's text that is repeated in a message. */
const LONGEST = 300;

/** Keys of Stripe, Resend, Slack and others, which begin with a mark of their own. */
const PREFIXED = /\b(?:(?:[srp]k|whsec|re)_|xox[a-z]-)[\w-]{6,}/gi;
/** Three parts with dots between, as a bot token of Discord or a JSON Web Token. */
const IN_THREE_PARTS = /\b[\w-]{16,}\.[\w-]{5,}\.[\w-]{20,}/g;
/** What follows "Bearer" or "Basic", when it does not look like a word: with a digit, `=`, or capitals inside. */
const AUTHORIZATION = /\b([Bb]earer|BEARER|[Bb]asic|BASIC)\s+(?=[\w.~+/-]*(?:[\d=]|[a-z][A-Z]))[\w.~+/=-]+/g;
/** What is called a key or the like, when it does not look like a word: with a digit. */
const NAMED = /((?:key|token|secret|password)["']?\s*[:=]\s*["']?)(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}/gi;
/** User and password in an address, up to its last `@`: not every password is encoded. */
const IN_ADDRESS = /\/\/[^\s/]+@/g;

/** A service's own words as they may stand in a message: in one line, not too long, and without secrets. */
export function quotable(text: string): string {
  return withoutSecrets(text).replace(/\s+/g, ' ').trim().slice(0, LONGEST);
}

/** Some services repeat what they were sent; keys, tokens and passwords in it must not reach a log or a screen. */
function withoutSecrets(text: string): string {
  return text
    .replace(PREFIXED, '[secret]')
    .replace(IN_THREE_PARTS, '[secret]')
    .replace(AUTHORIZATION, '$1 [secret]')
    .replace(NAMED, '$1[secret]')
    .replace(IN_ADDRESS, '//[secret]@');
}
