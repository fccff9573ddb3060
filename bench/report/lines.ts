import { classOf, rule, svg, text } from './svg.ts'

export interface LinePanel {
  readonly title: string
  /** What the places along the axis are called; they stand at equal distances. */
  readonly places: readonly string[]
  readonly lines: readonly { readonly server: string; readonly label: string; readonly values: readonly number[] }[]
}

const panelWidth = 440
const panelHeight = 220
const margin = { left: 50, right: 150, top: 40, bottom: 30 }

/** Lines over a few places, panel beside panel. */
export function lineChart(title: string, panels: readonly LinePanel[], show: (value: number) => string): string {
  const parts = panels.flatMap((panel, i) =>
    drawPanel(panel, (i % 2) * panelWidth, Math.floor(i / 2) * panelHeight, show),
  )
  return svg(Math.min(2, panels.length) * panelWidth, Math.ceil(panels.length / 2) * panelHeight, title, parts)
}

function drawPanel(
  { title, places, lines }: LinePanel,
  left: number,
  top: number,
  show: (value: number) => string,
): string[] {
  const most = Math.max(...lines.flatMap(({ values }) => values)) * 1.05
  const bottom = top + panelHeight - margin.bottom
  const width = panelWidth - margin.left - margin.right
  const x = (place: number): number => left + margin.left + (place / Math.max(1, places.length - 1)) * width
  const y = (value: number): number => bottom - (value / most) * (panelHeight - margin.top - margin.bottom)
  const parts = [
    text(left, top + 16, title, 'head'),
    rule(left + margin.left, bottom, x(places.length - 1), bottom),
    rule(left + margin.left, y(most), left + margin.left, bottom),
    text(left + margin.left - 6, y(most / 1.05) + 4, show(most / 1.05), 'end'),
    text(left + margin.left - 6, bottom + 4, '0', 'end'),
    ...places.map((place, i) => text(x(i), bottom + 18, place, 'middle')),
  ]
  const labels = apart(lines.map(({ values }) => y(values.at(-1) ?? 0)))
  for (const [i, { server, label, values }] of lines.entries()) {
    const points = values.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
    parts.push(
      `<polyline fill="none" class="line ${classOf(server)}" points="${points}"/>`,
      text(x(places.length - 1) + 6, (labels[i] ?? 0) + 4, label),
    )
  }
  return parts
}

/** Heights for labels that would lie on each other. */
function apart(wanted: readonly number[]): number[] {
  const order = wanted.map((_, i) => i).toSorted((one, other) => (wanted[other] ?? 0) - (wanted[one] ?? 0))
  const placed: number[] = []
  let lowest = Infinity
  for (const i of order) placed[i] = lowest = Math.min(wanted[i] ?? 0, lowest - 13)
  return placed
}
