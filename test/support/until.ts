/** Waits until the condition holds; fails after half a minute, which only a hang takes, or after so many seconds. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string | (() => string | Promise<string>) = 'the condition',
  seconds = 30,
): Promise<void> {
  for (let tries = 0; tries < seconds * 20; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Waited in vain for ${typeof what === 'string' ? what : await what()}.`);
}
