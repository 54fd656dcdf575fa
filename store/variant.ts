import { createHash } from 'node:crypto';
import type { SequenceStep } from './sequence-definition';

/** The position of the variant that a customer gets in this step, always the same one as long as the weights stay. */
export function variantFor(sequence: string, step: SequenceStep, customerId: string): number {
  const total = step.variants.reduce((sum, { weight }) => sum + weight, 0);
  const digest = createHash('sha256').update(`${sequence}\n${step.name}\n${customerId}`).digest();
  let left = (digest.readUInt32BE(0) / 2 ** 32) * total;
  const found = step.variants.findIndex(({ weight }) => (left -= weight) < 0);
  return Math.max(0, found);
}
