/** Midnight of 1 January 2015 (UTC), where Discord's ids begin, in milliseconds since 1970. */
const EPOCH_MS = 1_420_070_400_000n;
const SEQUENCE_BITS = 22n;

let sequence = 0n;

/** A new id as Discord makes them: the time in milliseconds, then a number that tells ids of one moment apart. */
export function newSnowflake(): string {
  sequence = (sequence + 1n) % (1n << SEQUENCE_BITS);
  return (((BigInt(Date.now()) - EPOCH_MS) << SEQUENCE_BITS) | sequence).toString();
}
