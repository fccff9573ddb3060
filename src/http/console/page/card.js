import { createChart } from './chart.js'
import { element, say } from './dom.js'
import { none } from './format.js'

/**
 * One chart with the figures above it.
 * @param onCursor is told the index of the slot that is pointed at; null where none is
 */
export function createCard({ title, series, figures, note, range = rangeOf, ...look }, onCursor) {
  const chart = createChart({ ...look, label: title, series, range, onCursor })
  const at = element('span', { class: 'at' })
  const below = element('p', { class: 'note' })
  const values = series.map(() => element('dd', {}, none))
  const list = element('dl', { class: 'figures' }, ...series.map((each, i) => figure(each, title, values[i])))
  const head = element('div', { class: 'bar' }, element('h2', {}, title), at)
  return {
    article: element('article', { class: 'panel card' }, head, list, below, chart.place),
    show(slots, outages) {
      chart.show([slots.map((slot) => slot.at / 1000), ...series.map(({ of }) => slots.map(of))], outages)
    },
    read(moment, when) {
      say(at, when ?? '')
      if (moment === null) return
      const shown = figures(moment)
      shown.forEach(([value, unit], i) => {
        const hasUnit = unit !== '' && value !== none
        values[i].replaceChildren(value, ...(hasUnit ? [element('small', {}, unit)] : []))
      })
      say(below, note(moment))
      const told = shown.map((each, i) => `${series[i].name ?? ''} ${each.join(' ')}`.trim()).join(', ')
      chart.place.setAttribute('aria-label', `${title}, ${when ?? 'the last minute'}: ${told}`)
    },
  }
}

/** A series without a name of its own goes by the title. */
function figure({ name, color, dash, minor }, title, value) {
  const term = element('dt', name === undefined ? { class: 'hidden' } : {}, name ?? title)
  const line = name === undefined ? null : element('i', { 'data-color': color, 'data-dash': dash === true })
  return element('div', minor ? { class: 'minor' } : {}, term, value, line)
}

function rangeOf(_plot, _least, most) {
  return [0, most > 0 ? most * 1.15 : 1]
}
