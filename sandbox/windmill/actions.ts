import { z } from 'zod/v4';
import type { Double, Json } from '../double';
import { cancelJob } from './api';
import {
  behaviourSchema,
  errorResult,
  kindSchema,
  runnableSchema,
  type Job,
  type Settings,
  type WindmillState,
} from './state';

/** Without an id, the oldest job that has not ended. */
const jobSchema = z.strictObject({ id: z.string().optional() });
const finishSchema = jobSchema.extend({ result: z.json().default(null) });
const failSchema = jobSchema.extend({
  name: z.string().default('Error'),
  message: z.string().default('It did not work.'),
});
const cancelSchema = jobSchema.extend({ reason: z.string().default('not needed any more') });
const scriptSchema = z.strictObject({
  kind: kindSchema.default('script'),
  path: runnableSchema.shape.path,
  summary: z.string().default(''),
  behaviour: behaviourSchema.default({ does: 'echo' }),
  durationMs: runnableSchema.shape.durationMs.default(0),
});
const removeSchema = scriptSchema.pick({ kind: true, path: true });
const pausedSchema = z.strictObject({ paused: z.boolean().default(true) });
const rejectedSchema = z.strictObject({ rejected: z.boolean().default(true) });
const allowedSchema = z.strictObject({ allowed: z.boolean() });

/** What people do in Windmill itself: those who write scripts, and those who run the workspace. */
export function windmillActions(state: WindmillState, changed: () => void): Double['actions'] {
  const done = (result: Json): Json => {
    changed();
    return result;
  };
  const openJob = (id: string | undefined): Job => {
    const job = state.openJobs().find((candidate) => id === undefined || candidate.id === id.toLowerCase());
    if (!job) throw new Error(id === undefined ? 'All jobs have ended.' : `There is no open job ${id}.`);
    return job;
  };
  const changeSettings = (changes: Partial<Settings>): Json => {
    state.settings = { ...state.settings, ...changes };
    return done(changes);
  };

  return {
    finishJob: async (input) => {
      const { id, result } = finishSchema.parse(input);
      return done({ id: state.endJob(openJob(id), 'success', result).id });
    },
    failJob: async (input) => {
      const { id, ...error } = failSchema.parse(input);
      return done({ id: state.endJob(openJob(id), 'failure', errorResult(error)).id });
    },
    cancelJob: async (input) => {
      const { id, reason } = cancelSchema.parse(input);
      return done({ id: cancelJob(state, openJob(id), 'admin', reason).id });
    },
    /** Deploys a script or flow, or a new version of it. */
    setScript: async (input) => {
      const { kind, path } = state.putRunnable(scriptSchema.parse(input));
      return done({ kind, path });
    },
    removeScript: async (input) => {
      const { kind, path } = removeSchema.parse(input);
      if (!state.deleteRunnable(kind, path)) throw new Error(`There is no ${kind} ${path}.`);
      return done({ kind, path });
    },
    pauseWorkers: async (input) => changeSettings({ workersPaused: pausedSchema.parse(input).paused }),
    rejectTokens: async (input) => changeSettings({ tokensRejected: rejectedSchema.parse(input).rejected }),
    /** Whether tokens that were made for a webhook may read jobs, which depends on the version. */
    letWebhookTokensRead: async (input) =>
      changeSettings({ runTokensRead: allowedSchema.parse(input).allowed }),
  };
}
