import { slotMs, type Health, type Tick } from './tick.ts'

/** How something that all instances depend on is doing. */
export interface Dependency {
  readonly name: string
  readonly ok: boolean
  /** Why it is not well, for people. */
  readonly reason: string | null
  /** Since when it is not, in ms since the epoch. */
  readonly since: number | null
  /** What else is worth a word while it is well. */
  readonly detail: string
}

interface Watched {
  readonly name: string
  /** What is wrong with it; null where nothing is. */
  readonly fault: (health: Health) => string | null
  readonly detail: (health: Health | undefined) => string
}

// a change that has waited for so long is not on its way, but held up
const lateMs = 10_000

const watched: readonly Watched[] = [
  {
    name: 'PostgreSQL',
    fault: ({ database }) => (database ? null : 'does not answer'),
    detail: () => '',
  },
  {
    name: 'Cache',
    fault: ({ cacheTrouble }) => cacheTrouble,
    detail: (health) => (health?.store === 'redis' ? 'in Redis' : 'in this process'),
  },
  {
    name: 'Outbox',
    fault: ({ outbox }) =>
      outbox !== null && outbox.oldestMs > lateMs
        ? `${outbox.depth} changes wait, the first for ${Math.round(outbox.oldestMs / 1000)} s`
        : null,
    detail: (health) => (health?.outbox?.depth ? `${health.outbox.depth} on their way` : 'empty'),
  },
]

/** How each dependency is by the last word of every instance: ill as soon as one instance says so. */
export function dependenciesOf(slots: readonly (readonly Tick[])[], now: number): Dependency[] {
  const recent = slots.filter(([tick]) => tick !== undefined && tick.at > now - 4 * slotMs).flat()
  const latest = new Map(recent.map((tick) => [tick.instance.id, tick]))
  return watched.map(({ name, fault, detail }) => {
    const ill = [...latest.values()].find(({ health }) => health !== null && fault(health) !== null)
    const health = ill?.health ?? recent.findLast((tick) => tick.health !== null)?.health ?? undefined
    const reason = ill === undefined || health === undefined ? null : fault(health)
    return {
      name,
      ok: reason === null,
      reason: reason !== null && latest.size > 1 ? `${reason} (${ill?.instance.name})` : reason,
      since: reason === null ? null : illSince(slots, fault),
      detail: detail(health),
    }
  })
}

/** The first slot of those in a row, up to now, in which an instance found a fault. */
function illSince(slots: readonly (readonly Tick[])[], fault: Watched['fault']): number | null {
  let since: number | null = null
  for (const ticks of slots) {
    const isIll = ticks.some(({ health }) => health !== null && fault(health) !== null)
    since = isIll ? (since ?? ticks[0]?.at ?? null) : null
  }
  return since
}
