import type { Dependencies } from './dependencies.ts'
import { EntryRead, type Engine } from './entry-read.ts'
import type { Result, Wanted } from './sorted.ts'
import { tellBoth, type EntryListener, type Listener } from './events.ts'
import { inspect, type Inspection } from './inspection.ts'
import { load, type Kind, type KindDefinition } from './kind.ts'
import { UnleasedLoads } from './unleased-loads.ts'

/** How many lists are known by their keys alone, lately read ones first. */
const mostRemembered = 1000

/** A kind over the engine of its cache. */
export class KindReader<Id, Value> implements Kind<Id, Value> {
  readonly name: string
  readonly generationKey: string
  readonly #definition: KindDefinition<Id, Value>
  readonly #engine: Engine
  readonly #unleased: UnleasedLoads<Id, Result<Value>>
  /** What was read lately of a kind with groups, which no key tells. */
  readonly #remembered = new Map<string, Id>()

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

  async read(
    ids: readonly Id[],
    observer?: Listener,
    onEntry?: EntryListener,
    dependencies?: Dependencies,
  ): Promise<Result<Value>[]> {
    const keys = ids.map((id) => this.key(id))
    const wanted = new Map<string, Wanted<Id>>()
    ids.forEach((id, i) => {
      const key = keys[i] ?? ''
      if (wanted.has(key)) return
      wanted.set(key, { id, key, groups: this.#groupKeys(id) })
      if (this.#definition.groups !== undefined) this.#remember(key, id)
    })
    const read = new EntryRead(this.#definition, this.generationKey, this.#engine, this.#unleased, {
      observer,
      onEntry,
      dependencies,
    })
    const results = await read.results([...wanted.values()])
    return keys.map((key) => results.get(key) ?? null)
  }

  async reread(ids: readonly Id[], observer?: Listener): Promise<Result<Value>[]> {
    const tell = tellBoth(this.#engine.listener, observer)
    return Promise.all(ids.map((id) => this.#unleased.load(this.key(id), id, tell)))
  }

  inspect(id: Id): Promise<Inspection> {
    return this.#inspect(this.key(id), id)
  }

  /** The same by a key, of which less may be known. */
  inspectKey(key: string): Promise<Inspection> {
    return this.#inspect(key, this.#remembered.get(key))
  }

  #inspect(key: string, id: Id | undefined): Promise<Inspection> {
    const { keys, store, ttlMs, negativeTtlMs } = this.#engine
    const hasGroups = this.#definition.groups !== undefined
    return inspect(store, key, (each) => keys.nameOf(each) ?? each, {
      definition: this.#definition,
      generationKey: this.generationKey,
      groups: id === undefined && hasGroups ? null : id === undefined ? [] : this.#groupKeys(id),
      standard: { ttlMs, negativeTtlMs },
      reload: id === undefined ? null : async () => (await this.reread([id]))[0],
    })
  }

  #remember(key: string, id: Id): void {
    this.#remembered.delete(key)
    this.#remembered.set(key, id)
    if (this.#remembered.size <= mostRemembered) return
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  #groupKeys(id: Id): readonly string[] {
    return this.#definition.groups?.(id).map((name) => this.#engine.keys.group(name)) ?? []
  }
}
