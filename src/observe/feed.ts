import type { CacheEvent } from '../cache/index.ts'
import type { CatalogEvent } from '../catalog/index.ts'
import type { StatementEvent } from '../database/statements.ts'
import type { RequestEvent } from './request.ts'
import type { SampleEvent } from './sample.ts'

/** Everything that happens in this process and is worth knowing, told apart by `type`. */
export type Happening = CacheEvent | CatalogEvent | StatementEvent | RequestEvent | SampleEvent

export type HappeningListener = (happening: Happening) => void

/** Where what happens is told, to whoever subscribed: metrics, logs, traces, the console. */
export interface Feed {
  /** Tells every subscriber, at once and in the order of their subscriptions. Needs no `this`. */
  readonly tell: HappeningListener
  /**
   * A subscriber is called in the middle of requests: it counts or remembers, and leaves work for later. Returns what
   * ends the subscription.
   */
  subscribe(listener: HappeningListener): () => void
}

/** @param onFault is told where a subscriber throws, which harms nobody else */
export function createFeed(onFault: (error: unknown) => void): Feed {
  let listeners: readonly HappeningListener[] = []
  return {
    tell(happening) {
      for (const listener of listeners) {
        try {
          listener(happening)
        } catch (error) {
          onFault(error)
        }
      }
    },
    subscribe(listener) {
      listeners = [...listeners, listener]
      return () => {
        listeners = listeners.filter((each) => each !== listener)
      }
    },
  }
}
