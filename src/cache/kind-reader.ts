import { EntryRead, type Engine, type Result, type Wanted } from './entry-read.ts'
import { tellBoth, type Listener } from './events.ts'
import { load, type Kind, type KindDefinition } from './kind.ts'
import { UnleasedLoads } from './unleased-loads.ts'

/** A kind over the engine of its cache. */
export class KindReader<Id, Value> implements Kind<Id, Value> {
  readonly name: string
  readonly generationKey: string
  readonly #definition: KindDefinition<Id, Value>
  readonly #engine: Engine
  readonly #unleased: UnleasedLoads<Id, Result<Value>>

  constructor(definition: KindDefinition<Id, Value>, engine: Engine) {
    this.name = definition.name
    this.generationKey = engine.keys.generation(definition.name)
    this.#definition = definition
    this.#engine = engine
    this.#unleased = new UnleasedLoads((ids, tell) => load(definition, ids, tell))
  }

  key(id: Id): string {
    return this.#engine.keys.entry(this.name, this.#definition.key(id))
  }

  async read(ids: readonly Id[], observer?: Listener): Promise<Result<Value>[]> {
    const keys = ids.map((id) => this.key(id))
    const wanted = new Map<string, Wanted<Id>>()
    ids.forEach((id, i) => {
      const key = keys[i] ?? ''
      if (!wanted.has(key)) wanted.set(key, { id, key, groups: this.#groupKeys(id) })
    })
    const read = new EntryRead(this.#definition, this.generationKey, this.#engine, this.#unleased, observer)
    const results = await read.results([...wanted.values()])
    return keys.map((key) => results.get(key) ?? null)
  }

  async reread(ids: readonly Id[], observer?: Listener): Promise<Result<Value>[]> {
    const tell = tellBoth(this.#engine.listener, observer)
    return Promise.all(ids.map((id) => this.#unleased.load(this.key(id), id, tell)))
  }

  #groupKeys(id: Id): readonly string[] {
    return this.#definition.groups?.(id).map((name) => this.#engine.keys.group(name)) ?? []
  }
}
