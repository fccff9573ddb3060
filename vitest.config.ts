import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // the same copy that node gives to Apollo: two copies of graphql do not know each other's types
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/setup/global.ts'],
    // two on two cores, where the default is one: a file waits for servers as much as it computes
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // each worker loads Apollo, Prisma and the sources once, not once for each file
    isolate: false,
    // so what one file puts in the place of something, the next must not find there
    restoreMocks: true,
    // for what hangs: how long a test takes says more about the machine, which may be busy with something else
    testTimeout: 600_000,
    hookTimeout: 600_000,
    reporters: ['default', './test/setup/slowest-reporter.ts'],
  },
})
