import type { ApolloServerPlugin } from '@apollo/server'
import { createHash } from 'node:crypto'
import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Context } from './context.ts'

/** Where instances share the operations that clients have persisted. */
export interface SharedOperations {
  get(name: string): Promise<string | null>
  set(name: string, value: string, ttlMs: number): Promise<void>
}

const ttlMs = 7 * 24 * 3600 * 1000
const mostKept = 5000
// nobody writes an operation as long as this: it would only fill the memory that all share
const longestKept = 16_384

/** What Apollo asks of a store of persisted operations. Every key names its content by a digest, so it never changes. */
export interface OperationStore {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string): Promise<void>
  delete(key: string): Promise<boolean>
}

/** Operations that clients persist, kept here and, where it is configured, in Redis for the other instances. */
export function persistedOperations(shared: SharedOperations | undefined): OperationStore {
  const here = new LRUCache<string, string>({ max: mostKept })
  return {
    async get(key) {
      const known = here.get(key) ?? (await shared?.get(key)) ?? undefined
      if (known !== undefined) here.set(key, known)
      return known
    },
    async set(key, value) {
      if (value.length > longestKept) return
      here.set(key, value)
      await shared?.set(key, value, ttlMs)
    },
    delete: (key) => Promise.resolve(here.delete(key)),
  }
}

/** Operations that have been registered beforehand: clients find them by their digest, and can add none. */
export function registeredOperations(operations: readonly string[]): OperationStore {
  const byKey = new Map(operations.map((body) => [`apq:${createHash('sha256').update(body).digest('hex')}`, body]))
  return {
    get: (key) => Promise.resolve(byKey.get(key)),
    set: () => Promise.resolve(),
    delete: () => Promise.resolve(false),
  }
}

/** Answers registered operations alone, whether they come by their digest or whole. */
export function onlyRegistered(operations: readonly string[]): ApolloServerPlugin<Context> {
  const known = new Set(operations)
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ source }) {
          if (known.has(source)) return Promise.resolve()
          throw new GraphQLError('This server answers registered operations alone, and this is none of them', {
            extensions: { code: 'OPERATION_NOT_REGISTERED', http: { status: 400 } },
          })
        },
      }),
  }
}
