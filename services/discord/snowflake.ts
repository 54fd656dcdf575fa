const TIME_SHIFT = 22n;
const EPOCH_MS = Date.UTC(2015, 0, 1);

/** When what has this ID was made: discord.com/developers/docs/reference#snowflakes. */
export function timeOfId(id: string): Date {
  return new Date(Number(BigInt(id) >> TIME_SHIFT) + EPOCH_MS);
}
