import { describe, expect, it } from '@jest/globals';
import { dashboardLogin } from '../../../stack/dashboard';

describe('who may see the dashboard', () => {
  it('is what the environment says, as far as it does', () => {
    expect(dashboardLogin({}, 'kept')).toEqual({ username: 'dashboard', password: 'kept' });
    expect(dashboardLogin({ username: 'team', password: 'correct horse' }, 'kept')).toEqual({
      username: 'team',
      password: 'correct horse',
    });
  });

  it.each([
    [{ password: 'short' }, /DASHBOARD_PASSWORD .* 12/],
    [{ username: 'a:b' }, /DASHBOARD_USERNAME .* colon/],
  ])('refuses %j', (login, message) => {
    expect(() => dashboardLogin(login, 'kept')).toThrow(message);
  });
});
