import { Redis, type RedisOptions } from 'ioredis'
import { within } from './deadline.ts'

/** A command with its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]]

/** A server that takes commands. */
export interface RedisServer {
  /** Where it is, for people: host:port. */
  readonly address: string
  /** Sends commands in one round trip: each one's reply, or its error. Rejects where the connection fails. */
  send(commands: readonly Command[]): Promise<readonly unknown[]>
}

/** All that the engine asks of a Redis client: one connection to one server, and commands sent together. */
export interface RedisConnection extends RedisServer {
  readonly isReady: boolean
  /** Asks anew where the server is: it is not the one that is wanted any more. */
  reconnect(): void
  close(): void
}

export interface ConnectionEvents {
  /** A connection is ready, the first time or again: called before any reply to what is sent over it from then on. */
  onReady(): void
  onError(error: Error): void
}

export type Connect = (url: string, events: ConnectionEvents) => RedisConnection

/** The same server, with a deadline for each answer. */
export function withDeadline(server: RedisServer, ms: number): RedisServer {
  return { address: server.address, send: (commands) => within(ms, 'Redis', server.send(commands)) }
}

// a server that was cut off or has lost its power closes no connection, and TCP gives up after a quarter of an hour
const silentMs = 5000

/**
 * What every connection has in common. A command that fails, fails at once and is never sent a second time: it might run
 * twice, or long after its caller gave up. The connection itself is made again and again, also once a server has left a
 * command unanswered for some seconds: the same name may lead to another one by now.
 */
const failFast: RedisOptions = {
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  connectTimeout: 1000,
  socketTimeout: silentMs,
  retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000) * (0.5 + Math.random()),
}

/** Connects to the server of a url, through ioredis. */
export const connectRedis: Connect = (url, events) => {
  const redis = new Redis(url, failFast)
  return connection(redis, `${redis.options.host}:${redis.options.port}`, events)
}

export interface SentinelOptions {
  readonly sentinels: readonly { readonly host: string; readonly port: number }[]
  /** What the sentinels call the primary. */
  readonly name: string
  readonly username?: string
  readonly password?: string
  readonly tls: boolean
}

/** Connects to the primary that sentinels name at that moment, whatever the url. */
export function connectThroughSentinels(options: SentinelOptions): Connect {
  const { sentinels, name, tls, username, password } = options
  const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) }
  return (_url, events) => {
    const redis = new Redis({
      ...failFast,
      ...login,
      ...(tls ? { tls: {}, enableTLSForSentinelMode: true } : {}),
      sentinels: [...sentinels],
      name,
      role: 'master',
      sentinelRetryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000),
    })
    return connection(redis, `${name} of ${sentinels.length} sentinels`, events)
  }
}

function connection(redis: Redis, address: string, events: ConnectionEvents): RedisConnection {
  redis.on('error', (error) => events.onError(error))
  redis.on('ready', () => events.onReady())
  // one that loads its data takes connections, and may take minutes to be ready
  const late = setTimeout(() => events.onError(new Error(`it is not ready after ${silentMs / 1000} s`)), silentMs)
  redis.once('ready', () => clearTimeout(late))
  redis.once('end', () => clearTimeout(late))
  return {
    address,
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
    reconnect: () => redis.disconnect(true),
    close: () => redis.disconnect(),
  }
}
