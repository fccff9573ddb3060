import { byId, element, say } from './dom.js'
import { showEntry } from './entry.js'
import { send } from './session.js'

const hints = {
  product: 'id or slug',
  variant: 'id or sku',
  category: 'id or slug',
  review: 'id',
  key: 'product-list:…',
}

/** Finds what is cached of a thing, and evicts it. */
export function createInspector() {
  const what = byId('what')
  const field = byId('name')
  const place = byId('found')
  let asked = null

  what.addEventListener('change', () => (field.placeholder = hints[what.value]))
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault()
    void find()
  })
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.target.closest('input, select, textarea')) return
    event.preventDefault()
    field.focus()
    field.select()
  })

  async function find() {
    if (field.value.trim() === '') return
    asked = new URLSearchParams({ what: what.value, name: field.value.trim() })
    place.replaceChildren()
    await look('')
  }

  async function look(said) {
    const { ok, body } = await send('GET', `/console/inspect?${asked}`)
    say(byId('found-said'), ok ? `${said}${summaryOf(body)}` : body.message)
    if (!ok) return place.replaceChildren()
    const { entries } = body
    const opened = new Set([...place.querySelectorAll('details[open]')].map(({ dataset }) => dataset.name))
    const items = entries.map((entry) => {
      const open = opened.has(entry.name) || entries.length === 1
      return element('li', {}, showEntry(entry, { open, evict: () => evict([entry.name]) }))
    })
    const all = {
      type: 'button',
      id: 'evict-all',
      disabled: entries.every(({ state }) => state === 'absent'),
      on: { click: () => evict(entries.map(({ name }) => name)) },
    }
    place.replaceChildren(
      element('ul', {}, ...items),
      ...(entries.length > 1 ? [element('button', all, 'Evict all of it')] : []),
    )
  }

  async function evict(keys) {
    const { ok, body } = await send('POST', '/console/evict', { keys })
    if (!ok) return say(byId('found-said'), body.message)
    await look(body.propagation === 'DONE' ? 'Evicted. ' : 'Evicted here; others have not confirmed it yet. ')
    // whoever works by keyboard goes on from where they were
    const [first] = [...place.querySelectorAll('details')].filter(({ dataset }) => keys.includes(dataset.name))
    first?.querySelector('summary').focus()
  }

  return {
    openKey(name) {
      what.value = 'key'
      field.placeholder = hints.key
      field.value = name
      byId('inspector').scrollIntoView({ block: 'nearest' })
      byId('inspector').focus({ preventScroll: true })
      void find()
    },
  }
}

function summaryOf({ subject, entries }) {
  if (entries.length === 0) return `Nothing goes by the name ${subject}.`
  const there = entries.filter(({ state }) => state === 'value').length
  return `${subject}: ${there} of ${entries.length} ${entries.length === 1 ? 'key' : 'keys'} cached.`
}
