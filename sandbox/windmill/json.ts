import type { Job, Runnable } from './state';

/** A job as `jobs_u/get` shows it. */
export function jobJson(job: Job, workspace: string): object {
  const { id, kind, path, args, createdBy, createdAt, startedAt, end } = job;
  const shared = {
    workspace_id: workspace,
    id,
    created_by: createdBy,
    created_at: createdAt,
    ...(startedAt !== null && { started_at: startedAt }),
    script_path: path,
    args,
    job_kind: kind,
    permissioned_as: `u/${createdBy}`,
    canceled: end?.as === 'canceled',
    is_flow_step: false,
    email: `${createdBy}@example.com`,
    visible_to_owner: true,
    tag: kind === 'flow' ? 'flow' : 'bun',
  };
  if (!end) return { type: 'QueuedJob', ...shared, running: startedAt !== null };
  return {
    type: 'CompletedJob',
    ...shared,
    completed_at: end.at,
    duration_ms: Date.parse(end.at) - Date.parse(startedAt ?? end.at),
    success: end.as === 'success',
    is_skipped: false,
    result: end.result,
  };
}

/** A script or flow as a list shows it. */
export function runnableJson({ kind, path, summary }: Runnable): object {
  return { path, summary, description: '', archived: false, ...(kind === 'script' && { kind: 'script' }) };
}
