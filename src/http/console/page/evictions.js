import { byId, element, say } from './dom.js'
import { countOf, timeOf } from './format.js'

const most = 200

const words = { mutation: 'by a mutation', outside: 'from outside', hand: 'by hand' }

/** The stream of evictions, newest first, bounded. Paused, it keeps counting. */
export function createEvictions(openKey) {
  const list = byId('stream')
  const button = byId('pause')
  let waiting = []
  let paused = false
  clear()

  button.addEventListener('click', () => {
    paused = !paused
    button.setAttribute('aria-pressed', String(paused))
    if (!paused) add(waiting.splice(0))
    label()
  })

  function clear() {
    const hint = 'Nothing was evicted yet. Change a product, or run npm run demo.'
    list.replaceChildren(element('li', { class: 'empty' }, hint))
  }

  function label() {
    say(button, paused ? `Resume${waiting.length > 0 ? `, ${countOf(waiting.length)} new` : ''}` : 'Pause')
  }

  function add(evictions) {
    if (evictions.length === 0) return
    list.querySelector('.empty')?.remove()
    list.prepend(...evictions.slice(0, most).map(item))
    while (list.children.length > most) list.lastElementChild.remove()
  }

  function item({ at, by, changes, more, keys, count, instance }) {
    const [first] = changes
    const others = Math.max(0, changes.length - 1) + more
    const about =
      first === undefined ? [element('b', {}, keys[0] ?? 'nothing')] : [element('b', {}, first.row), ` ${first.what}`]
    const summary = element(
      'summary',
      {},
      element('time', { datetime: new Date(at).toISOString() }, timeOf(at)),
      element(
        'span',
        {},
        ...about,
        others > 0 ? ` +${countOf(others)}` : null,
        ' ',
        element('span', { class: 'by', 'data-by': by }, words[by]),
      ),
      element('span', { class: 'count' }, `${countOf(count)} ${count === 1 ? 'key' : 'keys'}`),
    )
    const details = element('details', {}, summary)
    details.addEventListener('toggle', () => {
      if (!details.open || details.children.length > 1) return
      details.append(
        element(
          'ul',
          {},
          ...changes.slice(1).map(({ row, what }) => element('li', { class: 'hint' }, `${row} ${what}`)),
          ...keys.map((key) =>
            element(
              'li',
              {},
              element('button', { class: 'key', type: 'button', on: { click: () => openKey(key) } }, key),
            ),
          ),
          count > keys.length
            ? element('li', { class: 'hint' }, `and ${countOf(count - keys.length)} keys more`)
            : null,
          element('li', { class: 'hint' }, `on instance ${instance}`),
        ),
      )
    })
    return element('li', {}, details)
  }

  return {
    add(evictions) {
      if (paused) waiting = [...evictions, ...waiting].slice(0, most)
      else add(evictions)
      label()
    },
    clear,
  }
}
