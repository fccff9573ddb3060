/** What one request costs, in µs of CPU. */
export interface Cost {
  readonly api: number
  readonly redis: number
  /** SQL statements. */
  readonly statements: number
}

/** How much of a core may be busy, so that queues stay short: at 60% a request waits half as long again as it is worked on. */
const most = { api: 0.6, redis: 0.6 }
/** What a statement costs PostgreSQL: an assumption, and not measured. */
export const statementMicros = 400

export interface Capacity {
  readonly requestsPerSecond: number
  readonly apiCores: number
  /** Of one Redis, whose commands run on one core: above 1 it cannot be had. */
  readonly redisCores: number
  readonly databaseCores: number
}

/** Cores for so many requests a second, none of them busy for more than 60%. */
export function capacityFor(requestsPerSecond: number, { api, redis, statements }: Cost): Capacity {
  const cores = (micros: number, share: number): number => (requestsPerSecond * micros) / 1e6 / share
  return {
    requestsPerSecond,
    apiCores: cores(api, most.api),
    redisCores: cores(redis, most.redis),
    databaseCores: cores(statements * statementMicros, most.api),
  }
}

/** How many requests a second the one Redis answers at most, at 60%. */
export function ceilingOf({ redis }: Cost): number {
  return (most.redis * 1e6) / redis
}
