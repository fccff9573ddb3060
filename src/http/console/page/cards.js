import { createCard } from './card.js'
import { countOf, millisecondsOf, percentOf, rateOf, sizeOf, timeOf } from './format.js'

/**
 * The charts, each with the figures that belong to it. `figures` and `note` are given a moment: the last minute, or the
 * slot under the cursor.
 */
const cards = [
  {
    title: 'Hit ratio',
    series: [{ color: 'served', fill: true, of: (slot) => (slot.reads === 0 ? null : (100 * slot.hits) / slot.reads) }],
    range: () => [0, 100],
    format: (value) => `${value} %`,
    figures: ({ hits, reads }) => [[percentOf(hits, reads), '%']],
    note: ({ hits, reads, seconds }) => `${countOf(hits)} of ${countOf(reads)} entries ${withinOf(seconds)}`,
  },
  {
    title: 'Requests',
    series: [
      { color: 'plain', of: (slot) => slot.requests / slot.seconds },
      { name: 'failed', color: 'trouble', dash: true, minor: true, of: (slot) => slot.errors / slot.seconds },
    ],
    format: rateOf,
    figures: ({ requests, errors, seconds }) => [
      [rateOf(requests / seconds), '/s'],
      [rateOf(errors / seconds), '/s'],
    ],
    note: ({ requests, seconds }) => `${countOf(requests)} ${withinOf(seconds)}`,
  },
  {
    title: 'Latency',
    series: [
      { name: 'p50', color: 'plain', of: (slot) => slot.p50 },
      { name: 'p99', color: 'loaded', dash: true, of: (slot) => slot.p99 },
    ],
    logarithmic: true,
    format: millisecondsOf,
    figures: ({ p50, p99 }) => [
      [millisecondsOf(p50), 'ms'],
      [millisecondsOf(p99), 'ms'],
    ],
    note: () => 'of whole requests, as the server sees them',
  },
  {
    title: 'SQL statements',
    series: [
      { name: 'avoided', color: 'served', fill: true, of: (slot) => slot.avoided / slot.seconds },
      { name: 'sent', color: 'loaded', dash: true, minor: true, of: (slot) => slot.statements / slot.seconds },
    ],
    format: rateOf,
    figures: ({ avoided, statements, seconds }) => [
      [rateOf(avoided / seconds), '/s'],
      [rateOf(statements / seconds), '/s'],
    ],
    note: () => 'avoided: reads that the cache answered whole',
  },
  {
    title: 'Cache memory',
    series: [
      { color: 'plain', of: (slot) => slot.memory },
      { name: 'limit', color: 'trouble', dash: true, minor: true, of: (slot) => slot.memoryLimit },
    ],
    range: (_plot, _least, most) => [0, most > 0 ? most * 1.06 : 1],
    splits: (_plot, _axis, _least, most) => [0, 0.5, 1].map((part) => (part * most) / 1.06),
    format: (value) => sizeOf(value).join(' ').replace('.0 ', ' '),
    figures: ({ memory, memoryLimit }) => [sizeOf(memory), memoryLimit === null ? ['none', ''] : sizeOf(memoryLimit)],
    note: ({ store, dropped }) =>
      `${store === 'memory' ? 'in this process' : 'in Redis'}${dropped > 0 ? `; ${countOf(dropped)} keys dropped for want of it` : ''}`,
  },
  {
    title: 'Connections',
    series: [
      { name: 'in use', color: 'plain', of: (slot) => slot.inUse },
      { name: 'waiting', color: 'trouble', dash: true, minor: true, of: (slot) => slot.waiting },
    ],
    format: countOf,
    figures: ({ inUse, waiting }) => [
      [countOf(inUse), ''],
      [countOf(waiting), ''],
    ],
    note: ({ pool, clients }) =>
      `of ${countOf(pool)} to PostgreSQL${clients === null ? '' : `; ${countOf(clients)} to Redis`}`,
  },
]

/** Builds the charts into their place. Returns what shows a fresh state. */
export function createCards(place) {
  let slots = []
  let minute = null
  let cursor = null
  const shown = cards.map((card) => createCard(card, moveTo))
  place.append(...shown.map(({ article }) => article))

  function moveTo(index) {
    if (index === cursor) return
    cursor = index
    read()
  }

  function read() {
    const slot = cursor === null ? undefined : slots[cursor]
    for (const card of shown) card.read(slot ?? minute, slot === undefined ? null : timeOf(slot.at))
  }

  return function show(state) {
    slots = state.slots
    minute = { ...state.minute, dropped: state.dropped }
    const outages = outagesOf(slots)
    for (const card of shown) card.show(slots, outages)
    read()
  }
}

function withinOf(seconds) {
  return seconds > 50 ? 'in the last minute' : `in ${seconds} s`
}

function outagesOf(slots) {
  const bands = []
  for (const { at, seconds, down } of slots) {
    if (down.length === 0) continue
    const [from, to] = [at / 1000, at / 1000 + seconds]
    const last = bands.at(-1)
    if (last !== undefined && last.to >= from) last.to = to
    else bands.push({ from, to })
  }
  return bands
}
