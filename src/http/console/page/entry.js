import { element } from './dom.js'
import { durationOf, sizeOf } from './format.js'

const longest = 120

/**
 * One key: what is stored there, what must hold for it, and the database's own word beside it.
 */
export function showEntry(entry, { open, evict }) {
  const state = stateOf(entry)
  const button = { type: 'button', disabled: entry.state === 'absent', on: { click: evict } }
  return element(
    'details',
    { 'data-name': entry.name, open },
    element(
      'summary',
      {},
      element('span', { class: 'mono' }, entry.name),
      agreement(entry),
      element('span', { class: 'state', 'data-state': state }, state),
    ),
    facts(entry),
    values(entry),
    element('button', button, 'Evict'),
  )
}

/** A value whose stamps no longer hold is as good as none, and is said to be void. */
function stateOf({ state, stamps }) {
  return state === 'value' && stamps.some(({ isCurrent }) => isCurrent === false) ? 'void' : state
}

function agreement(entry) {
  if (entry.database === null || entry.state !== 'value' || stateOf(entry) === 'void') return null
  if ('error' in entry.database) return element('span', { class: 'hint' }, 'the database did not answer')
  const same = sameJson(entry.value, entry.database.value)
  return element(
    'span',
    { class: 'agrees', 'data-same': String(same) },
    same ? 'as in the database' : 'differs from the database',
  )
}

function facts({ name, state, ageMs, ttlMs, bytes, stamps, holders }) {
  const rows = [
    ['age', ageMs === null ? null : durationOf(ageMs)],
    ['lives on for', ttlMs === null ? null : durationOf(ttlMs)],
    ['size', bytes === null ? null : sizeOf(bytes).join(' ')],
    [
      'held by',
      holders.length === 0
        ? null
        : holders.map(({ writer, leftMs }) => `${writer.slice(0, 8)} for ${durationOf(leftMs)}`).join(', '),
    ],
    [
      'stamps',
      stamps.length === 0
        ? null
        : stamps
            .map(({ name: stamp, isCurrent }) => `${stamp} ${{ true: '✓', false: '✕', null: '?' }[isCurrent]}`)
            .join('   '),
    ],
  ].filter(([, value]) => value !== null)
  if (rows.length === 0) return element('p', { class: 'hint' }, explained(state, name.startsWith('group:')))
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
  )
}

function explained(state, isGroup) {
  if (state === 'absent') {
    return isGroup ? 'No list of this group is cached.' : 'Not cached: whoever reads it next loads it.'
  }
  return state === 'lease' ? 'A reader is loading it.' : 'What is stored here is not an entry.'
}

function values({ state, value, database }) {
  const columns = []
  if (state === 'value' && value !== undefined)
    columns.push(['Cached', value, database !== null && 'value' in database ? database.value : value])
  if (database !== null && 'value' in database)
    columns.push(['In the database', database.value, state === 'value' && value !== undefined ? value : database.value])
  if (columns.length === 0) return null
  return element(
    'div',
    { class: 'values' },
    ...columns.map(([title, own, other]) => element('div', {}, element('h3', {}, title), lines(own, other))),
  )
}

/** One line a field, those that differ marked. */
function lines(own, other) {
  const pre = element('pre', { tabindex: '0' })
  if (own === null || typeof own !== 'object' || Array.isArray(own)) {
    pre.append(element('span', sameJson(own, other) ? {} : { class: 'differs' }, JSON.stringify(own, null, 1)))
    return pre
  }
  for (const [field, value] of Object.entries(own)) {
    const same = sameJson(value, other?.[field])
    pre.append(
      element(
        'span',
        same ? {} : { class: 'differs' },
        `${same ? '' : '≠ '}${field}: ${same ? shortened(value) : JSON.stringify(value)}\n`,
      ),
    )
  }
  return pre
}

/** What is the same on both sides needs no more than its beginning. */
function shortened(value) {
  const text = JSON.stringify(value)
  return text.length > longest ? `${text.slice(0, longest)} …` : text
}

/** PostgreSQL and JSON keep no order of fields. */
function sameJson(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
}

function sorted(value) {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return Array.isArray(value) ? value.map(sorted) : value
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  )
}
