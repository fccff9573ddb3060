import { Redis } from 'ioredis'
import { Breaker } from './breaker.ts'
import { within } from './deadline.ts'
import { Keys } from './keys.ts'
import { Life } from './life.ts'
import { outcomeOf, scripts } from './scripts.ts'
import type { OutcomeOf, Store, Transition } from './store.ts'

/** The few commands that the store sends outside its pipelines. */
export interface RedisCommands {
  get(key: string): Promise<string | null>
  del(key: string): Promise<number>
  info(): Promise<string>
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>
}

export interface RedisStoreOptions {
  /** redis:// or rediss://, with user and password where they are needed. */
  readonly url: string
  /** What every key begins with; the cache's own prefix. */
  readonly prefix?: string
  /** Names the database that is cached: under another name nothing of what was stored is valid. */
  readonly origin?: string
  /** How long a read, an acquire or a fill may take before it goes to the database; 50 ms by default. */
  readonly readTimeoutMs?: number
  /** How long a hold or an eviction may take; 1000 ms by default. */
  readonly writeTimeoutMs?: number
  /** Is told of trouble, at most once a minute. */
  readonly warn?: (message: string) => void
}

const checkEveryMs = 1000
const warnEveryMs = 60_000

/** A store in one Redis, shared by every process that uses the same url and prefix. It connects by itself, again and again. */
export function redisStore(options: RedisStoreOptions): Store {
  const { url, prefix = 'larder', origin = '', readTimeoutMs = 50, writeTimeoutMs = 1000, warn = () => {} } = options
  const lifeKey = new Keys(prefix).life
  const life = new Life(lifeKey, origin)
  const breaker = new Breaker()
  const redis = new Redis(url, {
    // a command that fails, fails at once and is never sent again: it might run twice, or long after its caller gave up
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000) * (0.5 + Math.random()),
  })
  let warnedAt = -Infinity
  let trouble: string | null = 'not connected yet'

  function troubled(error: unknown): void {
    trouble = error instanceof Error ? error.message : String(error)
    if (performance.now() - warnedAt < warnEveryMs) return
    warnedAt = performance.now()
    warn(`Redis is in trouble, so reads go to the database: ${trouble}`)
  }

  async function meet(how: 'establish' | 'verify'): Promise<void> {
    try {
      await within(writeTimeoutMs, 'Redis', life[how](redis))
      trouble = null
    } catch (error) {
      life.forget()
      troubled(error)
    }
  }

  const ready = new Promise<void>((resolve) => {
    redis.on('error', (error) => {
      troubled(error)
      resolve()
    })
    redis.on('ready', () => {
      life.forget()
      void loadScripts(redis)
        .then(() => meet('establish'), troubled)
        .then(resolve)
    })
  })
  const checks = setInterval(() => {
    if (redis.status === 'ready') void meet('verify')
  }, checkEveryMs)
  checks.unref()

  async function guarded<Reply>(ms: number, ask: () => Promise<Reply>): Promise<Reply> {
    if (redis.status !== 'ready') throw new Error('Redis is not connected')
    if (!breaker.allows()) throw new Error('Redis did not answer lately')
    try {
      const reply = await within(ms, 'Redis', ask())
      breaker.succeeded()
      return reply
    } catch (error) {
      breaker.failed()
      troubled(error)
      throw error
    }
  }

  async function send<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    const pipeline = redis.pipeline()
    for (const each of transitions) {
      const { sha, args } = scripts[each.do]
      pipeline.evalsha(sha, 1, each.key, ...args(each))
    }
    const replies = (await pipeline.exec()) ?? []
    return transitions.map((each, i) => {
      const [error, reply] = replies[i] ?? [new Error('Redis gave no reply')]
      if (error !== null && error !== undefined) return error
      try {
        return outcomeOf(each, reply) as OutcomeOf<T>
      } catch (unexpected) {
        return unexpected as Error
      }
    })
  }

  /** A script that Redis has forgotten did not run, so those that need it may be sent once more. */
  async function sendKnown<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    const outcomes = await send(transitions)
    const forgotten = transitions.filter((_, i) => isNoScript(outcomes[i]))
    if (forgotten.length === 0) return outcomes
    await loadScripts(redis)
    const again = await send(forgotten)
    return outcomes.map((outcome) => (isNoScript(outcome) ? (again.shift() ?? outcome) : outcome))
  }

  return {
    name: 'redis',
    shared: true,
    ready,
    async read(keys) {
      const [lifeNow = null, ...values] = await guarded(readTimeoutMs, () => redis.mget(lifeKey, ...keys))
      const confirmed = life.confirm(lifeNow)
      if (confirmed === null) void meet('verify')
      return { values, life: confirmed }
    },
    async apply(transitions) {
      const isWrite = transitions[0]?.do === 'hold' || transitions[0]?.do === 'evict'
      try {
        // a writer tries whatever the breaker says: readers only lose time by a miss, a write needs its eviction
        return await (isWrite
          ? within(writeTimeoutMs, 'Redis', sendKnown(transitions))
          : guarded(readTimeoutMs, () => sendKnown(transitions)))
      } catch (error) {
        return transitions.map(() => error as Error)
      }
    },
    renew: () => life.renew(redis),
    describe: () => `Redis at ${redis.options.host}:${redis.options.port}${trouble === null ? '' : ` (${trouble})`}`,
    trouble: () => trouble,
    async close() {
      clearInterval(checks)
      redis.disconnect()
      await Promise.resolve()
    },
  }
}

async function loadScripts(redis: Redis): Promise<void> {
  await Promise.all(Object.values(scripts).map(({ source }) => redis.script('LOAD', source)))
}

function isNoScript(outcome: unknown): outcome is Error {
  return outcome instanceof Error && outcome.message.startsWith('NOSCRIPT')
}
