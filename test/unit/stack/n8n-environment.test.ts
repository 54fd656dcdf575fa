import { describe, expect, it } from '@jest/globals';
import { n8nEnvironment, type N8nSettings } from '../../../stack/n8n-environment';

const SETTINGS: N8nSettings = {
  userFolder: '/data/n8n',
  port: 6001,
  brokerPort: 6002,
  databaseUrl: 'postgres://user%40x:p%2Fw@db.example:6543/n8n',
  secrets: {
    encryptionKey: 'key',
    owner: { email: 'o@example.com', password: 'pw', passwordHash: '$2a$hash' },
  },
  tuned: true,
  node: '/opt/node24/bin/node',
};

describe('n8nEnvironment', () => {
  it('takes the database from its URL, decoded', () => {
    expect(n8nEnvironment(SETTINGS, {})).toMatchObject({
      DB_TYPE: 'postgresdb',
      DB_POSTGRESDB_HOST: 'db.example',
      DB_POSTGRESDB_PORT: '6543',
      DB_POSTGRESDB_DATABASE: 'n8n',
      DB_POSTGRESDB_USER: 'user@x',
      DB_POSTGRESDB_PASSWORD: 'p/w',
    });
  });

  it.each([
    ['', undefined, undefined],
    ['?sslmode=disable', undefined, undefined],
    ['?sslmode=require', 'true', 'false'],
    ['?sslmode=verify-full', 'true', 'true'],
  ])('encrypts the connection as "%s" says', (query, enabled, checked) => {
    const environment = n8nEnvironment({ ...SETTINGS, databaseUrl: SETTINGS.databaseUrl + query }, {});
    expect(environment.DB_POSTGRESDB_SSL_ENABLED).toBe(enabled);
    expect(environment.DB_POSTGRESDB_SSL_REJECT_UNAUTHORIZED).toBe(checked);
  });

  it('does not inherit settings of another n8n, nor options of this Node.js', () => {
    const inherited = {
      HOME: '/home/me',
      PATH: '/bin',
      N8N_HOST: 'x',
      DB_TYPE: 'sqlite',
      NODE_OPTIONS: '--inspect',
    };
    const environment = n8nEnvironment(SETTINGS, inherited);
    expect(environment).toMatchObject({ HOME: '/home/me', DB_TYPE: 'postgresdb' });
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['N8N_HOST']));
    expect(environment.NODE_OPTIONS).toBeUndefined();
  });

  it('puts its Node.js first on the path, for the task runners', () => {
    expect(n8nEnvironment(SETTINGS, { PATH: '/bin' }).PATH).toBe('/opt/node24/bin:/bin');
  });

  it('keeps what a start has compiled, beside whatever data folder it has', () => {
    expect(n8nEnvironment(SETTINGS, {}).NODE_COMPILE_CACHE).toMatch(/\.data.compile-cache$/);
  });

  it('leaves n8n its own settings for speed when not tuned', () => {
    const tuning = ['N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE', 'DB_POSTGRESDB_POOL_SIZE'];
    expect(Object.keys(n8nEnvironment(SETTINGS, {}))).toEqual(expect.arrayContaining(tuning));
    const untuned = Object.keys(n8nEnvironment({ ...SETTINGS, tuned: false }, {}));
    expect(untuned.filter((name) => tuning.includes(name))).toEqual([]);
  });

  it('holds the hash of the password, not the password', () => {
    expect(Object.values(n8nEnvironment(SETTINGS, {}))).not.toContain('pw');
  });

  it('lets extra settings go before its own', () => {
    expect(n8nEnvironment(SETTINGS, {}, { GENERIC_TIMEZONE: 'Asia/Tokyo' }).GENERIC_TIMEZONE).toBe(
      'Asia/Tokyo',
    );
  });
});
