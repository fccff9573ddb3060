import { element } from './dom.js'

/* global uPlot -- served beside this page */

const sync = uPlot.sync('console')
const dark = matchMedia('(prefers-color-scheme: dark)')
const font = '11px system-ui, sans-serif'
/** What is counted has no halves. */
const incrs = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat()

/**
 * A chart of the last ten minutes. All of them share one cursor, which the arrow keys move too, and mark the time in
 * which a dependency was away.
 * @param series {color: the name of one, dash?, fill?}
 * @param splits where the lines of the grid lie; by default at whole numbers, on a logarithmic scale at powers of ten
 * @param onCursor is told the index that the cursor is at; null where it is nowhere
 */
export function createChart({ label, series, range, splits, logarithmic = false, format, onCursor }) {
  const place = element('div', { class: 'plot', tabindex: '0', role: 'img', 'aria-label': label })
  let data = [[], ...series.map(() => [])]
  let outages = []
  let plot

  function draw() {
    plot?.destroy()
    const colors = getComputedStyle(document.documentElement)
    const color = (name) => colors.getPropertyValue(`--${name}`).trim()
    const axis = { stroke: color('quiet'), font, ticks: { show: false }, grid: { stroke: color('grid'), width: 1 } }
    plot = new uPlot(
      {
        width: place.clientWidth || 300,
        height: place.clientHeight || 132,
        padding: [6, 18, 0, 0],
        legend: { show: false },
        cursor: { sync: { key: sync.key }, y: false, points: { size: 6 }, drag: { x: false, y: false } },
        scales: { x: { range: atLeastTwoMinutes }, y: logarithmic ? { distr: 3 } : { range } },
        axes: [
          { ...axis, grid: { show: false }, size: 22, space: 80, values: (_, at) => at.map(minuteOf) },
          {
            ...axis,
            size: 50,
            space: 34,
            splits: logarithmic ? powersOfTen : splits,
            incrs: logarithmic ? undefined : incrs,
            values: (_, values) => values.map((value) => (value === null ? '' : format(value))),
          },
        ],
        series: [
          {},
          ...series.map(({ color: name, dash, fill }) => ({
            stroke: color(name),
            width: 1.75,
            dash: dash ? [2, 4] : undefined,
            fill: fill ? color(`${name}-fill`) : undefined,
            points: { show: false },
          })),
        ],
        hooks: {
          drawClear: [(u) => shade(u, outages, color('trouble-fill'), color('trouble'))],
          setCursor: [(u) => onCursor(u.cursor.left >= 0 ? (u.cursor.idx ?? null) : null)],
        },
      },
      data,
      place,
    )
  }

  place.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (event.key === 'Escape') plot.setCursor({ left: -10, top: -10 })
    if (step === undefined || data[0].length === 0) return
    event.preventDefault()
    const last = data[0].length - 1
    const from = plot.cursor.left >= 0 ? plot.cursor.idx : last + 1
    const at = data[0][Math.max(0, Math.min(last, from + step))]
    plot.setCursor({ left: plot.valToPos(at, 'x'), top: 10 })
  })
  place.addEventListener('blur', () => plot.setCursor({ left: -10, top: -10 }))
  new ResizeObserver(() => plot?.setSize({ width: place.clientWidth, height: place.clientHeight })).observe(place)
  dark.addEventListener('change', draw)

  return {
    place,
    show(fresh, marks) {
      ;[data, outages] = [fresh, marks]
      if (plot === undefined) draw()
      else plot.setData(data)
    },
  }
}

function powersOfTen(_plot, _axis, least, most) {
  const [first, last] = [Math.ceil(Math.log10(least)), Math.floor(Math.log10(most))]
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i))
}

/** So that the first words of a fresh server are not drawn as if they were a trend. */
function atLeastTwoMinutes(_plot, first, last) {
  return [Math.min(first, last - 120), last]
}

function minuteOf(at) {
  const time = new Date(at * 1000)
  return time.getSeconds() === 0 ? `${time.getHours()}:${String(time.getMinutes()).padStart(2, '0')}` : ''
}

/** An outage is a band with an edge above it: seen without telling its colour from others. */
function shade(u, outages, fill, edge) {
  const { ctx, bbox } = u
  for (const { from, to } of outages) {
    const left = Math.max(bbox.left, u.valToPos(from, 'x', true))
    const right = Math.min(bbox.left + bbox.width, u.valToPos(to, 'x', true))
    if (right <= left) continue
    ctx.fillStyle = fill
    ctx.fillRect(left, bbox.top, right - left, bbox.height)
    ctx.fillStyle = edge
    ctx.fillRect(left, bbox.top, right - left, 2 * devicePixelRatio)
  }
}
