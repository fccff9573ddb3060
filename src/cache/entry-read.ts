import { setTimeout as sleep } from 'node:timers/promises'
import type { Dependencies } from './dependencies.ts'
import { withObserver, type BypassReason, type EntryListener, type Listener } from './events.ts'
import type { Flights } from './flights.ts'
import { generationsOf, type Generations } from './generations.ts'
import type { Keys } from './keys.ts'
import { load, type KindDefinition } from './kind-definition.ts'
import { lifetimeOf } from './lifetime.ts'
import type { MergedReads, View } from './merged-reads.ts'
import type { ParsedValues } from './parsed-values.ts'
import { Round, type Acquisition, type Result, type Wanted } from './round.ts'
import { judge, judgeValue, stampsOf, type Finding } from './stamps.ts'
import type { AcquireOutcome, Value as StoredValue } from './state.ts'
import type { OutcomeOf, Store, Transition } from './store.ts'
import { Tally } from './tally.ts'
import { newToken } from './tokens.ts'
import type { Transitions } from './transitions.ts'
import type { UnleasedLoads } from './unleased-loads.ts'

/** What a kind's reads share with those of the whole cache. */
export interface Engine {
  readonly keys: Keys
  readonly store: Store
  readonly reads: MergedReads
  readonly flights: Flights
  readonly parsed: ParsedValues
  readonly listener: Listener
  readonly trusted: () => boolean
  readonly transitions: Transitions
  readonly ttlMs: number
  readonly negativeTtlMs: number
  readonly leaseMs: number
  /** How long a read waits for the lease of another process. */
  readonly waitMs: number
}

/** Who is told what of a read. */
interface Watchers {
  readonly observer: Listener | undefined
  readonly onEntry: EntryListener | undefined
  readonly dependencies: Dependencies | undefined
}

/** What a stored value must be stamped with; held: a writer is changing that; unknown: the store did not say. */
type Valid = { readonly stamps: string } | 'held' | 'unknown'

const firstPollMs = 10
const longestPollMs = 100

/** One read of some entries of a kind, from its first look at the store until every key has settled. */
export class EntryRead<Id, Value> {
  readonly #definition: KindDefinition<Id, Value>
  readonly #generationKey: string
  readonly #engine: Engine
  readonly #unleased: UnleasedLoads<Id, Result<Value>>
  readonly #observer: Listener | undefined
  readonly #dependencies: Dependencies | undefined
  readonly #tell: Listener
  readonly #results = new Map<string, Result<Value>>()
  readonly #tally: Tally
  /** Whether an earlier round found another process loading; what settles from then on was waited for. */
  #waited = false

  constructor(
    definition: KindDefinition<Id, Value>,
    generationKey: string,
    engine: Engine,
    unleased: UnleasedLoads<Id, Result<Value>>,
    { observer, onEntry, dependencies }: Watchers,
  ) {
    this.#definition = definition
    this.#generationKey = generationKey
    this.#engine = engine
    this.#unleased = unleased
    this.#observer = observer
    this.#dependencies = dependencies
    this.#tell = withObserver(engine.listener, observer)
    this.#tally = new Tally(definition.name, this.#tell, onEntry)
  }

  async results(wanted: readonly Wanted<Id>[]): Promise<ReadonlyMap<string, Result<Value>>> {
    const giveUpAt = performance.now() + this.#engine.waitMs
    let pending = wanted
    let pollMs = firstPollMs
    for (;;) {
      pending = await this.#round(pending)
      if (pending.length === 0) break
      if (performance.now() >= giveUpAt) {
        await this.#bypass(pending, 'waited')
        break
      }
      this.#waited = true
      await sleep(pollMs * (0.5 + Math.random()))
      pollMs = Math.min(pollMs * 2, longestPollMs)
    }
    this.#tally.tell()
    return this.#results
  }

  /** Looks once and settles what it can. Returns the entries that another process is loading. */
  async #round(wanted: readonly Wanted<Id>[]): Promise<readonly Wanted<Id>[]> {
    if (!this.#engine.trusted()) return this.#bypass(wanted, 'untrusted')
    const generationKeys = [this.#generationKey, ...wanted.flatMap(({ groups }) => groups)]
    const view = await this.#engine.reads
      .read([...generationKeys, ...wanted.map(({ key }) => key)], this.#observer)
      .catch(() => null)
    if (view === null) return this.#bypass(wanted, 'unreachable')
    const generations = await generationsOf(view, generationKeys, (minted) => this.#apply(minted))

    const { shape } = this.#definition
    const round = new Round<Id, Value>()
    // where there are no groups, all entries of one life have one and the same
    const ungrouped = new Map<string | null, Valid>()
    for (const each of wanted) {
      const life = view.life(each.key)
      const valid =
        (each.groups.length === 0 && ungrouped.get(life)) || this.#validFor(each.groups, life, view, generations)
      if (each.groups.length === 0) ungrouped.set(life, valid)
      if (valid === 'unknown') round.unreachable.push(each)
      else if (valid === 'held') round.direct.push([each, 'held'])
      else {
        const { stamps } = valid
        this.#sort(round, each, stamps, judge(view.get(each.key), shape, stamps, this.#engine.parsed))
      }
    }
    await this.#acquire(round)
    await Promise.all([this.#load(round), this.#join(round.joined), this.#bypass(round.unreachable, 'unreachable')])
    return round.elsewhere
  }

  #sort(round: Round<Id, Value>, wanted: Wanted<Id>, stamps: string, finding: Finding<Value>): void {
    switch (finding.is) {
      case 'hit':
        this.#dependencies?.add(
          wanted.key,
          this.#engine.store.near?.copy(wanted.key, performance.now())?.expiresAt ?? 0,
        )
        this.#results.set(wanted.key, finding.value)
        this.#tally.add(this.#waited ? 'wait' : finding.value === null ? 'negative' : 'hit', wanted.key)
        return
      case 'hold':
        round.direct.push([wanted, 'held'])
        return
      case 'newer':
        round.direct.push([wanted, 'newer'])
        return
      case 'miss':
        if (finding.corrupt) this.#tally.add('corrupt', wanted.key)
        round.missing.push({ wanted, stamps, token: newToken(), outdated: finding.outdated })
        return
      case 'lease':
        this.#lease(round, wanted, stamps, finding.token)
    }
  }

  /**
   * A lease of this very process is joined: had a write of the entry begun since it was granted, it would not stand any
   * more. A write that only voids a group leaves the lease alone, and shows in the stamps.
   */
  #lease(round: Round<Id, Value>, wanted: Wanted<Id>, stamps: string, token: string): void {
    const flight = this.#engine.flights.get(token, stamps)
    if (flight === undefined) round.elsewhere.push(wanted)
    else round.joined.push([wanted, flight as Promise<Result<Value> | undefined>])
  }

  async #acquire(round: Round<Id, Value>): Promise<void> {
    const { missing } = round
    for (const { token, stamps } of missing) this.#engine.flights.open(token, stamps)
    const outcomes = await this.#apply(
      missing.map(
        ({ wanted, token, outdated }) =>
          ({ do: 'acquire', key: wanted.key, token, outdated, leaseMs: this.#engine.leaseMs }) as const,
      ),
    )
    missing.forEach((each, i) => this.#acquired(round, each, outcomes[i] ?? new Error('no outcome')))
  }

  #acquired(round: Round<Id, Value>, acquisition: Acquisition<Id>, outcome: AcquireOutcome | Error): void {
    const { wanted, token, stamps } = acquisition
    if (outcome instanceof Error) {
      // the command may still run later: it will never be filled, and is given back
      this.#engine.flights.close(token)
      void this.#apply([{ do: 'release', key: wanted.key, lease: token }])
      round.unreachable.push(wanted)
      return
    }
    if (outcome.is !== 'granted') this.#engine.flights.close(token)
    switch (outcome.is) {
      case 'granted':
        this.#tally.add('miss', wanted.key, acquisition.outdated === '' ? 'absent' : 'outdated')
        round.granted.push(acquisition)
        return
      case 'value': {
        const finding = judgeValue(outcome.value, this.#definition.shape, stamps, this.#engine.parsed)
        if (finding.is === 'hit') this.#sort(round, wanted, stamps, finding)
        else round.direct.push([wanted, finding.is === 'newer' ? 'newer' : 'changed'])
        return
      }
      case 'lease':
        this.#lease(round, wanted, stamps, outcome.token)
        return
      case 'hold':
        round.direct.push([wanted, 'held'])
    }
  }

  /** One statement for all that was granted and all that must be read past the cache; then one round trip to fill. */
  async #load({ granted, direct }: Round<Id, Value>): Promise<void> {
    const wanted = [...granted.map((each) => each.wanted), ...direct.map(([each]) => each)]
    if (wanted.length === 0) return
    for (const [{ key }, reason] of direct) this.#bypassed(key, reason)
    const loaded = await load(
      this.#definition,
      wanted.map(({ id }) => id),
      this.#tell,
    )
    wanted.forEach(({ key }, i) => this.#results.set(key, loaded[i] ?? null))
    granted.forEach(({ token }, i) => this.#engine.flights.land(token, loaded[i] ?? null))
    await this.#fill(granted, loaded)
    for (const { token } of granted) this.#engine.flights.close(token)
  }

  async #fill(granted: readonly Acquisition<Id>[], loaded: readonly Result<Value>[]): Promise<void> {
    const failed = granted.filter((_, i) => loaded[i] instanceof Error)
    const fills = granted.flatMap(({ wanted, token, stamps }, i) => {
      const value = loaded[i] ?? null
      if (value instanceof Error) return []
      const filling = stored(value, stamps)
      const ttlMs = lifetimeOf(filling, this.#definition, this.#engine)
      return [{ do: 'fill', key: wanted.key, lease: token, value: filling, ttlMs } as const]
    })
    const [outcomes] = await Promise.all([
      this.#apply(fills),
      this.#apply(failed.map(({ wanted, token }) => ({ do: 'release', key: wanted.key, lease: token }) as const)),
    ])
    if (failed.length > 0) this.#dependencies?.taint()
    fills.forEach(({ key, ttlMs }, i) => {
      const stands = outcomes[i] === true
      this.#tally.add(stands ? 'fill' : 'lostFill', key)
      if (stands) this.#dependencies?.add(key, performance.now() + ttlMs)
      else this.#dependencies?.taint()
    })
  }

  /** What a value in these groups must be stamped with. */
  #validFor(groups: readonly string[], life: string | null, view: View, generations: Generations): Valid {
    const keys = [this.#generationKey, ...groups]
    const current = keys.map((key) => generations.get(key) ?? null)
    if (life === null || current.some((generation) => generation instanceof Error)) return 'unknown'
    if (current.includes(null)) return 'held'
    const lives = [life, ...keys.map((key) => view.life(key) ?? '')]
    this.#dependencies?.readAt(view.moment)
    for (const key of keys) this.#dependencies?.add(key)
    return { stamps: stampsOf(this.#definition.shape, lives, current as string[]) }
  }

  #bypassed(key: string, reason: BypassReason): void {
    this.#tally.bypass(reason, key)
    this.#dependencies?.taint()
  }

  #apply<T extends Transition>(transitions: readonly T[]): Promise<OutcomeOf<T>[]> {
    return this.#engine.transitions.apply(transitions, this.#observer)
  }

  async #join(joined: readonly (readonly [Wanted<Id>, Promise<Result<Value> | undefined>])[]): Promise<void> {
    const failed: Wanted<Id>[] = []
    for (const [wanted, flight] of joined) {
      const result = await flight
      if (result === undefined) failed.push(wanted)
      else {
        this.#tally.add('join', wanted.key)
        this.#dependencies?.taint()
        this.#results.set(wanted.key, result)
      }
    }
    await this.#bypass(failed, 'unreachable')
  }

  async #bypass(wanted: readonly Wanted<Id>[], reason: BypassReason): Promise<readonly []> {
    await Promise.all(
      wanted.map(async ({ key, id }) => {
        this.#bypassed(key, reason)
        this.#results.set(key, await this.#unleased.load(key, id, this.#tell))
      }),
    )
    return []
  }
}

function stored(value: unknown, stamps: string): StoredValue {
  return { is: 'value', token: newToken(), stamps, json: JSON.stringify(value) }
}
