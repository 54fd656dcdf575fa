/** Unit and contract tests need only the repository; e2e, browser and chaos start the real n8n (test/run.ts). */
const project = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/stack/node_modules', '<rootDir>/.data'],
  ...extra,
});

module.exports = {
  projects: ['unit', 'contract', 'e2e', 'browser', 'chaos'].map((name) => project(name)),
};
