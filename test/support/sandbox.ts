import type { Double, DoubleContext } from '../../sandbox/double';
import type { LogEntry } from '../../sandbox/request-log';
import { startSandboxUnderTest } from './sandbox-under-test';

/** One system of the sandbox, for tests of what talks to it. */
export interface TestSandbox {
  /** The system's own address. */
  url: string;
  reset(): Promise<void>;
  state<State>(): Promise<State>;
  load(state: object): Promise<void>;
  act<Result>(action: string, input?: object): Promise<Result>;
  /** What goes wrong from now on; no rule: nothing. */
  fail(...rules: object[]): Promise<void>;
  requests(): Promise<LogEntry[]>;
  /** Method and path of every request, oldest first. */
  calls(): Promise<string[]>;
  forgetRequests(): Promise<void>;
  close(): Promise<void>;
}

/** Starts a sandbox on a free port that holds only the given system. */
export async function startTestSandbox(
  name: string,
  DoubleClass: new (context: DoubleContext) => Double,
): Promise<TestSandbox> {
  const sandbox = await startSandboxUnderTest({ [name]: DoubleClass });

  const control = async (method: string, path: string, input?: object): Promise<unknown> => {
    const { status, body } = await sandbox.call(method, `/sandbox/${path}`, input);
    if (status !== 200) throw new Error(`The sandbox refused ${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  };

  return {
    url: `${sandbox.url}/${name}`,
    reset: async () => void (await control('POST', 'reset')),
    state: async <State>() => (await control('GET', `state/${name}`)) as State,
    load: async (state) => void (await control('PUT', `state/${name}`, state)),
    act: async <Result>(action: string, input: object = {}) =>
      (await sandbox.act(name, action, input)) as Result,
    fail: async (...rules) => void (await control('PUT', `faults/${name}`, { rules })),
    requests: sandbox.log,
    calls: async () => (await sandbox.log()).map(({ method, path }) => `${method} ${path}`),
    forgetRequests: async () => void (await control('DELETE', 'requests')),
    close: sandbox.close,
  };
}
