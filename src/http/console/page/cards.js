import { createChart } from './chart.js'
import { element, say } from './dom.js'
import { countOf, millisecondsOf, none, percentOf, rateOf, sizeOf, timeOf } from './format.js'

/**
 * The charts, each with the figures that belong to it. `figures` and `note` are given a moment: the last minute, or the
 * slot under the cursor.
 */
const cards = [
  {
    title: 'Hit ratio',
    series: [
      {
        name: null,
        series: 'served',
        fill: true,
        of: (slot) => (slot.reads === 0 ? null : (100 * slot.hits) / slot.reads),
      },
    ],
    range: () => [0, 100],
    format: (value) => `${value} %`,
    figures: ({ hits, reads }) => [[percentOf(hits, reads), '%']],
    note: ({ hits, reads, seconds }) => `${countOf(hits)} of ${countOf(reads)} entries in ${seconds} s`,
  },
  {
    title: 'Requests',
    series: [
      { name: null, series: 'plain', of: (slot) => slot.requests / slot.seconds },
      { name: 'failed', series: 'trouble', dash: true, of: (slot) => slot.errors / slot.seconds },
    ],
    format: rateOf,
    figures: ({ requests, errors, seconds }) => [
      [rateOf(requests / seconds), '/s'],
      [rateOf(errors / seconds), '/s'],
    ],
    note: ({ requests, seconds }) => `${countOf(requests)} in ${seconds} s`,
  },
  {
    title: 'Latency',
    series: [
      { name: 'p50', series: 'plain', of: (slot) => slot.p50 },
      { name: 'p99', series: 'loaded', dash: true, of: (slot) => slot.p99 },
    ],
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
      { name: 'avoided', series: 'served', fill: true, of: (slot) => slot.avoided / slot.seconds },
      { name: 'sent', series: 'loaded', dash: true, of: (slot) => slot.statements / slot.seconds },
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
    range: (_plot, _least, most) => [0, most > 0 ? most * 1.06 : 1],
    splits: (_plot, _axis, _least, most) => [0, 0.5, 1].map((part) => (part * most) / 1.06),
    series: [
      { name: null, series: 'plain', of: (slot) => slot.memory },
      { name: 'limit', series: 'trouble', dash: true, of: (slot) => slot.memoryLimit },
    ],
    format: (value) => sizeOf(value).join(' '),
    figures: ({ memory, memoryLimit }) => [sizeOf(memory), memoryLimit === null ? ['none', ''] : sizeOf(memoryLimit)],
    note: ({ dropped, store }) => memoryNote(dropped, store),
  },
  {
    title: 'Connections',
    series: [
      { name: 'in use', series: 'plain', of: (slot) => slot.inUse },
      { name: 'waiting', series: 'trouble', dash: true, of: (slot) => slot.waiting },
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

function memoryNote(dropped, store) {
  const where = store === 'memory' ? 'in this process' : 'in Redis'
  return dropped > 0 ? `${where}; ${countOf(dropped)} keys dropped for want of it` : where
}

/** Builds the charts into their place. Returns what shows fresh slots. */
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

function createCard(card, onCursor) {
  const title = element('h2', {}, card.title)
  const at = element('span', { class: 'at' })
  const note = element('p', { class: 'note' })
  const values = card.series.map(() => element('dd', {}, none))
  const figures = element(
    'dl',
    { class: 'figures' },
    ...card.series
      .slice(0, values.length)
      .map(({ name, series, dash }, i) =>
        element(
          'div',
          {},
          element('dt', name === null ? { class: 'hidden' } : {}, name ?? card.title),
          values[i],
          name === null ? null : element('i', { 'data-series': series, 'data-dash': dash === true }),
        ),
      ),
  )
  const { range = rangeOf, splits, format } = card
  const chart = createChart({ label: card.title, series: card.series, range, splits, format, onCursor })
  return {
    article: element(
      'article',
      { class: 'panel card' },
      element('div', { class: 'bar' }, title, at),
      figures,
      note,
      chart.place,
    ),
    show(slots, outages) {
      chart.show([slots.map((slot) => slot.at / 1000), ...card.series.map(({ of }) => slots.map(of))], outages)
    },
    read(moment, when) {
      say(at, when ?? '')
      if (moment === null) return
      card.figures(moment).forEach(([value, unit], i) => {
        const whole = `${value} ${unit}`.trim()
        if (values[i].dataset.shown === whole) return
        values[i].dataset.shown = whole
        values[i].replaceChildren(value, ...(unit === '' || value === none ? [] : [element('small', {}, unit)]))
      })
      say(note, card.note(moment))
      const told = card.figures(moment).map((figure, i) => `${card.series[i].name ?? ''} ${figure.join(' ')}`.trim())
      chart.place.setAttribute('aria-label', `${card.title}, ${when ?? 'the last minute'}: ${told.join(', ')}`)
    },
  }
}

function rangeOf(_plot, _least, most) {
  return [0, most > 0 ? most * 1.15 : 1]
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
