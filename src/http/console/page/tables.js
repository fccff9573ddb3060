import { byId, element, say } from './dom.js'
import { countOf, durationOf, millisecondsOf, none, percentOf } from './format.js'

const kindColumns = ['Kind', 'Hit ratio', 'Hits', 'Misses', 'Bypassed', 'Evicted', 'Entries']
const operationColumns = ['Operation', 'Requests', 'p50 ms', 'p99 ms', 'Most ms', 'SQL each']

export function showKinds({ kinds, counted }) {
  const rows = kinds.map(({ kind, hits, misses, bypasses, evictions, entries }) => {
    const reads = hits + misses + bypasses
    const ratio = percentOf(hits, reads)
    const bar = element('span', { class: 'ratio' })
    bar.style.setProperty('--part', reads === 0 ? 0 : (100 * hits) / reads)
    const ratioCell = element('td', {}, ...(reads === 0 ? [none] : [bar, `${ratio} %`]))
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, kind === 'group' ? 'groups of lists' : kind),
      ratioCell,
      ...[hits, misses, bypasses, evictions].map(number),
      element('td', {}, countOf(entries)),
    )
  })
  say(byId('kinds-said'), `the last ten minutes${counted === null ? '' : `; entries counted ${agoOf(counted)}`}`)
  show('kinds', kindColumns, rows, 'Nothing was read yet.')
}

export function showOperations({ operations }) {
  const rows = operations.map(({ name, requests, p50, p99, most, statements }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      number(requests),
      ...[p50, p99, most].map((ms) => element('td', {}, millisecondsOf(ms))),
      element('td', {}, (statements / requests).toFixed(1)),
    ),
  )
  show('operations', operationColumns, rows, 'Nobody asked anything yet.')
}

function agoOf(ms) {
  return ms < 5000 ? 'just now' : `${durationOf(ms)} ago`
}

function number(value) {
  return element('td', value === 0 ? { class: 'zero' } : {}, countOf(value))
}

function show(section, columns, rows, otherwise) {
  const place = byId(section).querySelector('.scroll')
  if (rows.length === 0) {
    place.replaceChildren(element('p', { class: 'hint' }, otherwise))
    return
  }
  const head = element('tr', {}, ...columns.map((column) => element('th', { scope: 'col' }, column)))
  const table = element('table', {}, element('thead', {}, head), element('tbody', {}, ...rows))
  place.replaceChildren(table)
}
