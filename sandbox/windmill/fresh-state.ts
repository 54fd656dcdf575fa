import type { Json } from '../double';

export const WELCOME_SCRIPT = 'f/lifecycle/welcome_user';
export const SCORE_SCRIPT = 'f/lifecycle/score_customer';
export const BROKEN_SCRIPT = 'f/lifecycle/export_to_ftp';
export const ONBOARDING_FLOW = 'f/lifecycle/onboarding';

/** A team's workspace, with scripts that stay there; one of them is broken, the flow takes its time. */
export function freshWindmillState(): Json {
  return {
    settings: { tokensRejected: false, runTokensRead: true, workersPaused: false },
    runnables: [
      {
        kind: 'script',
        path: WELCOME_SCRIPT,
        summary: 'Welcome a new user',
        behaviour: { does: 'echo' },
        durationMs: 0,
      },
      {
        kind: 'script',
        path: SCORE_SCRIPT,
        summary: 'Score a customer',
        behaviour: { does: 'return', result: { score: 87, segment: 'likely to upgrade' } },
        durationMs: 0,
      },
      {
        kind: 'script',
        path: BROKEN_SCRIPT,
        summary: '',
        behaviour: { does: 'throw', name: 'ConnectionError', message: 'ftp.example.com does not answer' },
        durationMs: 0,
      },
      {
        kind: 'flow',
        path: ONBOARDING_FLOW,
        summary: 'Onboard a customer',
        behaviour: { does: 'return', result: { steps: 3 } },
        durationMs: 300,
      },
    ],
    jobs: [],
  };
}
