import { createServer } from 'node:net';
import { StackError, systemCode } from './error';

const LOOPBACK = '127.0.0.1';

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

/** A port of this machine's loopback address that nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return listenOnce(0);
}

/**
 * The port itself, or a free one for 0 and `undefined`.
 * @param setting name of the environment variable that sets the port, for the message
 * @throws StackError when somebody already listens on it
 */
export async function claimPort(port: number | undefined, owner: string, setting: string): Promise<number> {
  if (!port) return await freePort();
  try {
    return await listenOnce(port);
  } catch (error) {
    const reason =
      systemCode(error) === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${systemCode(error)})`;
    throw new StackError(
      `Port ${port}, meant for ${owner}, ${reason}. Stop what listens there, or set ${setting} to another port.`,
    );
  }
}
