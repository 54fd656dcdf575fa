import { LifecycleWindmillApi } from '../../credentials/LifecycleWindmillApi.credentials';
import { WINDMILL_BEARER, WINDMILL_WORKSPACE } from '../../sandbox/identities';
import type { FilledCredential } from './execute-node';
import type { TestSandbox } from './sandbox';

/** A job of the Windmill double, as its state has it. */
export interface WindmillJobJson {
  id: string;
  kind: 'script' | 'flow';
  path: string;
  args: Record<string, unknown>;
  startedAt: string | null;
  end: { as: string; result: unknown } | null;
}

/** The jobs in the double, oldest first. */
export async function jobsIn(windmill: TestSandbox): Promise<WindmillJobJson[]> {
  return (await windmill.state<{ jobs: WindmillJobJson[] }>()).jobs;
}

/** The sandbox's credential for Windmill at `url`, as an admin fills it in. */
export function windmillCredential(url: string, over: Record<string, string> = {}): FilledCredential {
  return {
    type: new LifecycleWindmillApi(),
    data: { url, workspace: WINDMILL_WORKSPACE, token: WINDMILL_BEARER, ...over },
  };
}
