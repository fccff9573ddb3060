import type { Batch, BatchObserver, RequestObserver, WriteObserver } from '../../catalog/index.ts'
import { BatchTrace } from './batch-trace.ts'
import { Bounded, most, rounded } from './bounds.ts'
import { Totals } from './totals.ts'
import { WriteTrace } from './write-trace.ts'

interface Command {
  readonly operation: string
  readonly keys: number
  readonly ms: number
}

/** A level of the query: all that was read at once, and the round trips that it took. */
class Level {
  readonly batches = new Bounded<BatchTrace>(most.batches)
  readonly commands = new Bounded<Command>(most.commands)
  readonly level: number

  constructor(level: number) {
    this.level = level
  }

  report(store: string): object {
    const commands = this.commands.shown(store, ({ operation, keys, ms }) => ({ operation, keys, ms: rounded(ms) }))
    return { level: this.level, ...this.batches.shown('batches', (batch) => batch.report()), ...commands }
  }
}

/** Explains one answer, for `extensions.larder`: what it came to, and step by step how. Bounded in size. */
export class Trace implements RequestObserver {
  readonly #begun = performance.now()
  readonly #totals = new Totals()
  readonly #store: string
  readonly #steps = new Bounded<Level | WriteTrace>(most.steps)
  #current: Level | undefined
  #lastCommand: Command | undefined

  /** @param store what the store is called */
  constructor(store: string) {
    this.#store = store
  }

  batch(batch: Batch): BatchObserver {
    // levels count from 1 again behind every write
    if (this.#current?.level !== batch.level) this.#step(new Level(batch.level))
    const level = this.#current
    const trace = new BatchTrace(batch, this.#store, (event) => {
      this.#totals.tell(event)
      // merged batches are told of one and the same round trip
      if (event.type !== 'command' || event === this.#lastCommand) return
      this.#lastCommand = event
      level?.commands.add(event)
    })
    level?.batches.add(trace)
    return trace
  }

  write(): WriteObserver {
    const trace = new WriteTrace(this.#totals.tell, () => this.#totals.countStatement())
    this.#step(trace)
    return trace
  }

  /** Times in ms. */
  report(): object {
    const steps = this.#steps.shown('steps', (step) =>
      step instanceof Level ? step.report(this.#store) : { write: step.report() },
    )
    return { ...this.#totals.report(), durationMs: rounded(performance.now() - this.#begun), ...steps }
  }

  #step(step: Level | WriteTrace): void {
    this.#current = step instanceof Level ? step : undefined
    this.#steps.add(step)
  }
}
