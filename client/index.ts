export { createLifecycleClient, type LifecycleClient } from './client';
export {
  lifecycle,
  type BetterAuthUser,
  type LifecyclePlugin,
  type LifecyclePluginOptions,
} from './better-auth';
export type {
  CustomEvent,
  Delivery,
  EventOptions,
  EventType,
  Plan,
  PlanChange,
  UserChurned,
  UserLoggedIn,
  UserRegistered,
} from './events';
export type { LifecycleClientOptions, LifecycleProblem } from './options';
