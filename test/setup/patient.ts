/**
 * Configuration with which no request, statement, lease or hold ends because the machine that tests is busy with something
 * else. Each bound has tests of its own.
 */
export const patient = {
  LARDER_DEADLINE_MS: '300000',
  LARDER_STATEMENT_TIMEOUT_MS: '100000',
  LARDER_TRANSACTION_TIMEOUT_MS: '100000',
  LARDER_LEASE_MS: '200000',
  LARDER_HOLD_MS: '200000',
  LARDER_WAIT_MS: '100000',
  LARDER_REDIS_READ_TIMEOUT_MS: '100000',
  LARDER_REDIS_WRITE_TIMEOUT_MS: '100000',
} as const
