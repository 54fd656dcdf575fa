export { WindmillClient, type WindmillOptions } from './client';
export { jobIdOf } from './job-id';
export { listRunnables, type ListedRunnable } from './list-runnables';
export { runJobs, type RunJob, type RunRequest } from './run-jobs';
export type { Runnable, RunnableKind } from './runnable';
export { WINDMILL } from './service';
