import { textsIn, type Rule } from '../subject';

const PATTERNS: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  [
    'an API key',
    /\b(?:sk|rk|pk|re|key|pat|api)_(?:live_|test_)?(?=\w*\d)\w{8,}|\b(?:sk|rk)_(?:live|test)_\w+/i,
  ],
  ['a webhook secret', /\bwhsec_[\w+/=]+/],
  ['a Slack webhook or token', /\bhooks\.slack\.com\/services\/\w|\bxox[abeoprs]-[\w-]+/],
  ['a token of GitHub, npm or AWS', /\b(?:gh[opsur]_|github_pat_|npm_)\w{16,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a JSON web token', /\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/],
  ['an authorization header', /\b(?:bearer|basic)\s+(?!auth|token)[\w.~+/-]{8,}=*/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['a password in an address', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']+:[^\s/@"']+@/i],
];

/** A run of letters and digits of this length with more bits per character than words or ids with a meaning have. */
const RANDOM_RUN = /[A-Za-z0-9]{20,}/g;
const RANDOM_BITS = 3.3;
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** A secret in a file is known to everybody who has the file, for good. */
export const noSecrets: Rule = ({ raw }) =>
  textsIn(raw, '').flatMap(({ path, text }) => {
    const found = PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([what]) => what);
    const random = (text.replace(UUID, '').match(RANDOM_RUN) ?? []).some(looksRandom);
    const what = found[0] ?? (random ? 'something random like a key' : undefined);
    return what === undefined
      ? []
      : [
          {
            reason: `${path} holds ${what}`,
            advice: 'Put it into a credential, and replace it at its service: it is no longer secret.',
          },
        ];
  });

function looksRandom(run: string): boolean {
  return /\d/.test(run) && /[a-z]/i.test(run) && bitsPerCharacter(run) >= RANDOM_BITS;
}

/** Shannon entropy. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()]
    .map((count) => count / text.length)
    .reduce((bits, share) => bits - share * Math.log2(share), 0);
}
