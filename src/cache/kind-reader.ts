import type { Dependencies } from './dependencies.ts'
import { EntryRead, type Engine } from './entry-read.ts'
import type { Result, Wanted } from './round.ts'
import { withObserver, type EntryListener, type Listener } from './events.ts'
import type { Moment } from './changes.ts'
import { decode } from './codec.ts'
import { inspect, type Inspection } from './inspection.ts'
import type { Kind } from './kind.ts'
import { load, type KindDefinition } from './kind-definition.ts'
import { judge, stampsOf } from './stamps.ts'
import type { Copy, Near } from './store.ts'
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
  /** Where copies were found in this era of theirs: searching for a number is faster than for its key. */
  readonly #copies = new Map<Id, Copy>()
  #era: number | null = null
  /** The stamps of a kind without groups, as of its generation's stored form in one life. */
  #stamped = { life: '', generation: '', stamps: '' }

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

  peek(id: Id, begunAt: number, dependencies?: Dependencies): Value | null | undefined {
    const { store, trusted } = this.#engine
    const { near } = store
    const moment = near?.changes.now ?? null
    if (near === null || moment === null || near.knownUntil < begunAt || !trusted()) return undefined
    const groups = this.#groupKeys(id)
    const stamps = this.#stampsAt(moment, near, groups, begunAt)
    if (stamps === undefined) return undefined
    const copy = this.#copyOf(id, near, begunAt)
    if (copy === undefined) return undefined
    if (copy.stamps !== stamps) {
      const finding = judge(copy.raw, this.#definition.shape, stamps, this.#engine.parsed)
      if (finding.is !== 'hit') return undefined
      copy.stamps = stamps
      copy.value = finding.value
    }
    if (dependencies !== undefined) {
      dependencies.readAt(moment)
      dependencies.add(this.generationKey)
      for (const each of groups) dependencies.add(each)
      dependencies.add(copy.key, copy.expiresAt)
    }
    return copy.value as Value | null
  }

  tellPeeked({ hits, negatives }: { readonly hits: number; readonly negatives: number }, observer?: Listener): void {
    const tell = withObserver(this.#engine.listener, observer)
    tell({ type: 'batch', kind: this.name })
    if (hits > 0) tell({ type: 'hit', kind: this.name, count: hits })
    if (negatives > 0) tell({ type: 'negative', kind: this.name, count: negatives })
  }

  #copyOf(id: Id, near: Near, at: number): Copy | undefined {
    // an object is another one each time
    if (near.era === null || typeof id === 'object') return near.copy(this.key(id), at)
    // the copies that were dropped are to be forgotten, or they would take as much memory again
    if (near.era !== this.#era) this.#copies.clear()
    this.#era = near.era
    const known = this.#copies.get(id)
    if (known !== undefined && near.has(known, at)) return known
    const copy = near.copy(this.key(id), at)
    if (copy === undefined) this.#copies.delete(id)
    else this.#copies.set(id, copy)
    return copy
  }

  /** What a value must be stamped with, where the generations are at hand; as EntryRead has it for one store. */
  #stampsAt({ life }: Moment, near: Near, groups: readonly string[], at: number): string | undefined {
    const generation = near.copy(this.generationKey, at)
    if (generation === undefined) return undefined
    const { raw } = generation
    if (groups.length === 0 && raw === this.#stamped.generation && life === this.#stamped.life)
      return this.#stamped.stamps
    const raws = [raw, ...groups.map((group) => near.copy(group, at)?.raw ?? null)]
    const tokens = raws.map(decode).map((state) => (state?.is === 'value' ? state.token : null))
    if (!tokens.every((token) => token !== null)) return undefined
    const stamps = stampsOf(this.#definition.shape, [life], tokens)
    if (groups.length === 0) this.#stamped = { life, generation: raw, stamps }
    return stamps
  }

  async reread(ids: readonly Id[], observer?: Listener): Promise<Result<Value>[]> {
    const tell = withObserver(this.#engine.listener, observer)
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
