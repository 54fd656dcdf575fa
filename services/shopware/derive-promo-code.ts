import { createHmac } from 'node:crypto';
import { ServiceError } from '../http';
import { SHOPWARE } from './client';

/**
 * Characters that stay apart in print, in handwriting and on the phone. Left out are 0 O Q D, 1 I L, 2 Z, 5 S, 8 B,
 * G (taken for 6), U (taken for V), and A and E: without a vowel no code spells a word.
 */
const ALPHABET = '34679CFHJKMNPRTVWXY';
const LENGTH = 12;
const GROUP = 4;

/** Half of the 256 bits behind a code must come from the key, or a code could be found by trying keys. */
const SHORTEST_KEY = 32;
const LONGEST_PREFIX = 20;

export interface PromoCodeSource {
  /** Secret of the shop; whoever knows it can tell every code. At least 32 characters. */
  key: string;
  /** What the code belongs to, e.g. a Stripe checkout session. One purchase has one code. */
  purchaseId: string;
  /** Letters, digits and hyphens; put before the code in upper case. Empty: none. */
  prefix: string;
}

export interface DerivedPromoCode {
  /** Shopware's id of the code: 32 lower-case hexadecimal digits. */
  id: string;
  /** E.g. `VIP-7K3M-9WXR-4HTC`. */
  code: string;
}

/**
 * The promo code of a purchase: the same at every try, and, since it comes from HMAC-SHA256 with a secret key, not to
 * be told from anything the buyer sees. 12 of 19 characters are 2^51 codes: guessing one of 10,000 valid ones takes
 * some 10^11 tries. The 256 bits of the HMAC are read as one number, so the characters are even but for a part in 2^200.
 * Throws a `ServiceError` that no retry heals when the key or the prefix is no good.
 */
export function derivePromoCode({ key, purchaseId, prefix }: PromoCodeSource): DerivedPromoCode {
  if (key.length < SHORTEST_KEY) {
    throw unusable(
      `the promo code key has fewer than ${SHORTEST_KEY} characters. Fill in a random one in the Lifecycle Shopware ` +
        'API credential, and do not change it afterwards',
    );
  }
  const head = prefix.trim().replace(/-+$/, '').toUpperCase();
  if (!/^[A-Z0-9-]*$/.test(head) || head.length > LONGEST_PREFIX) {
    throw unusable(`the prefix may only hold letters, digits and hyphens, at most ${LONGEST_PREFIX} of them`);
  }
  const groups = characters(hmac(key, 'code', purchaseId)).match(new RegExp(`.{${GROUP}}`, 'g')) ?? [];
  return {
    id: hmac(key, 'id', purchaseId).slice(0, 32),
    code: [...(head === '' ? [] : [head]), ...groups].join('-'),
  };
}

/** Hexadecimal HMAC-SHA256; `purpose` keeps the id, which more people see, from telling anything about the code. */
function hmac(key: string, purpose: 'code' | 'id', purchaseId: string): string {
  return createHmac('sha256', key).update(`promo-${purpose}:${purchaseId}`).digest('hex');
}

function characters(digest: string): string {
  const base = BigInt(ALPHABET.length);
  let number = BigInt(`0x${digest}`);
  let text = '';
  while (text.length < LENGTH) {
    text += ALPHABET.charAt(Number(number % base));
    number /= base;
  }
  return text;
}

function unusable(reason: string): ServiceError {
  return new ServiceError(SHOPWARE, `${SHOPWARE} could not get a promo code: ${reason}.`, false);
}
