import { byId, element, say } from './dom.js'
import { durationOf, sizeOf } from './format.js'
import { send } from './session.js'

const hints = {
  product: 'id or slug',
  variant: 'id or sku',
  category: 'id or slug',
  review: 'id',
  key: 'product-list:…',
}

/** Finds what is cached of a thing, shows it beside the database's own word, and evicts it. */
export function createInspector({ mayEvict }) {
  const what = byId('what')
  const name = byId('name')
  const place = byId('found')
  let shown = null

  what.addEventListener('change', () => (name.placeholder = hints[what.value]))
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault()
    void find()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, select, textarea')) return
    event.preventDefault()
    name.focus()
    name.select()
  })

  async function find() {
    if (name.value.trim() === '') return
    shown = new URLSearchParams({ what: what.value, name: name.value.trim() })
    await look('')
  }

  async function look(prefix) {
    const { ok, body } = await send('GET', `/console/inspect?${shown}`)
    if (!ok) {
      place.replaceChildren()
      say(byId('found-said'), body.message)
      return
    }
    const open = new Set([...place.querySelectorAll('details[open]')].map(({ dataset }) => dataset.key))
    say(byId('found-said'), `${prefix}${summaryOf(body)}`)
    const all = body.entries.filter(({ state }) => state !== 'absent').map(({ key }) => key)
    place.replaceChildren(
      element(
        'ul',
        {},
        ...body.entries.map((entry) =>
          element('li', {}, details(entry, open.has(entry.key) || body.entries.length === 1)),
        ),
      ),
      mayEvict() && body.entries.length > 1
        ? element(
            'button',
            {
              type: 'button',
              id: 'evict-all',
              disabled: all.length === 0,
              on: { click: () => evict(body.entries.map(({ key }) => key)) },
            },
            'Evict all of it',
          )
        : '',
    )
  }

  async function evict(keys) {
    const { ok, body } = await send('POST', '/console/evict', { keys })
    if (!ok) say(byId('found-said'), body.message)
    else await look(body.propagation === 'DONE' ? 'Evicted. ' : 'Evicted here; others have not confirmed it yet. ')
  }

  function details(entry, open) {
    const made = element(
      'details',
      { 'data-key': entry.key, open },
      element(
        'summary',
        {},
        element('span', { class: 'mono' }, entry.key),
        element('span', { class: 'state', 'data-state': stateOf(entry) }, stateOf(entry)),
        agreement(entry),
      ),
      facts(entry),
      values(entry),
      mayEvict()
        ? element(
            'button',
            { type: 'button', disabled: entry.state === 'absent', on: { click: () => evict([entry.key]) } },
            'Evict',
          )
        : null,
    )
    return made
  }

  return {
    openKey(key) {
      what.value = 'key'
      name.placeholder = hints.key
      name.value = key
      byId('inspector').scrollIntoView({ block: 'nearest' })
      byId('inspector').focus({ preventScroll: true })
      void find()
    },
  }
}

function summaryOf({ subject, entries }) {
  const there = entries.filter(({ state }) => state === 'value').length
  return `${subject}: ${there} of ${entries.length} ${entries.length === 1 ? 'key' : 'keys'} hold a value.`
}

/** A value whose stamps no longer hold is as good as none, and is said to be void. */
function stateOf({ state, stamps }) {
  return state === 'value' && stamps.some(({ holds }) => holds === false) ? 'void' : state
}

function agreement(entry) {
  if (entry.database === null || entry.state !== 'value' || stateOf(entry) === 'void') return null
  if ('error' in entry.database) return element('span', { class: 'hint' }, 'the database did not answer')
  const same = sameJson(entry.value, entry.database.value)
  return element(
    'span',
    { class: 'agrees', 'data-same': same },
    same ? 'as in the database' : 'differs from the database',
  )
}

function facts({ state, ageMs, ttlMs, bytes, stamps, holders, group }) {
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
        : stamps.map(({ name, holds }) => `${name} ${{ true: '✓', false: '✕', null: '?' }[holds]}`).join('   '),
    ],
  ].filter(([, value]) => value !== null)
  if (rows.length === 0) return element('p', { class: 'hint' }, explained(state, group))
  return element(
    'dl',
    { class: 'facts' },
    ...rows.flatMap(([term, value]) => [element('dt', {}, term), element('dd', {}, value)]),
  )
}

function explained(state, group) {
  if (state === 'absent') {
    return group ? 'No list of this group is cached.' : 'Not cached: whoever reads it next loads it.'
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
      element('span', same ? {} : { class: 'differs' }, `${same ? '' : '≠ '}${field}: ${JSON.stringify(value)}\n`),
    )
  }
  return pre
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
