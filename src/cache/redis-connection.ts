import { Redis } from 'ioredis'

/** A command with its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]]

/** All that the engine asks of a Redis client: one connection to one server, and commands sent together. */
export interface RedisConnection {
  /** host:port. */
  readonly address: string
  readonly isReady: boolean
  /** Sends commands in one round trip: each one's reply, or its error. Rejects where the connection fails. */
  send(commands: readonly Command[]): Promise<readonly unknown[]>
  close(): void
}

export interface ConnectionEvents {
  /** A connection stands, the first time or again. */
  onReady(): void
  onError(error: Error): void
}

export type Connect = (url: string, events: ConnectionEvents) => RedisConnection

/**
 * Connects through ioredis, again and again by itself. A command that fails, fails at once and is never sent a second
 * time: it might run twice, or long after its caller gave up.
 */
export const connectRedis: Connect = (url, events) => {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000) * (0.5 + Math.random()),
  })
  redis.on('error', (error) => events.onError(error))
  redis.on('ready', () => events.onReady())
  return {
    address: `${redis.options.host}:${redis.options.port}`,
    get isReady() {
      return redis.status === 'ready'
    },
    async send(commands) {
      const [only] = commands
      if (only === undefined) return []
      if (commands.length === 1) return [await redis.call(...(only as [string])).catch((error: Error) => error)]
      const pipeline = redis.pipeline()
      for (const command of commands) pipeline.call(...(command as [string]))
      const replies = (await pipeline.exec()) ?? []
      return commands.map((_, i) => {
        const [error, reply] = replies[i] ?? [new Error('Redis gave no reply')]
        return error ?? reply
      })
    },
    close: () => redis.disconnect(),
  }
}
