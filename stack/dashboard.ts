import { StackError } from './error';

/** Who may see the dashboard. */
export interface DashboardLogin {
  username: string;
  password: string;
}

const DEFAULT_USERNAME = 'dashboard';
const SHORTEST_PASSWORD = 12;

/**
 * What opens the dashboard: what the environment says, else a password of this installation's own.
 * @throws StackError when it cannot be used
 */
export function dashboardLogin(
  { username = DEFAULT_USERNAME, password }: Partial<Record<keyof DashboardLogin, string | undefined>>,
  kept: string,
): DashboardLogin {
  // HTTP's basic authentication takes the first colon for the end of the name.
  if (username.includes(':')) throw new StackError('DASHBOARD_USERNAME must not contain a colon.');
  if (password !== undefined && password.length < SHORTEST_PASSWORD) {
    throw new StackError(`DASHBOARD_PASSWORD has to have at least ${SHORTEST_PASSWORD} characters.`);
  }
  return { username, password: password ?? kept };
}
