import { defineConfig } from 'vitest/config'

export default defineConfig({
  // the same copy that node gives to Apollo: two copies of graphql do not know each other's types
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/setup/slowest-reporter.ts'],
  },
})
