import { classOf, svg, text } from './svg.ts'

export interface BarGroup {
  readonly title: string
  readonly bars: readonly { readonly server: string; readonly label: string; readonly value: number }[]
}

const width = 840
const labelWidth = 340
const barHeight = 16
const gap = 4
const headHeight = 30

/** Horizontal bars, group by group, each on a scale of its own; shorter is better. */
export function barChart(title: string, groups: readonly BarGroup[], show: (value: number) => string): string {
  const parts: string[] = []
  let y = 0
  for (const group of groups) {
    parts.push(text(0, y + 18, group.title, 'head'))
    y += headHeight
    const scale = Math.max(...group.bars.map(({ value }) => value))
    for (const { server, label, value } of group.bars) {
      const room = width - labelWidth - 70
      const length = Math.max(1, (value / scale) * room)
      parts.push(text(labelWidth - 8, y + barHeight - 4, label, 'end'))
      parts.push(
        `<rect class="bar ${classOf(server)}" x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2"/>`,
        text(labelWidth + length + 6, y + barHeight - 4, show(value)),
      )
      y += barHeight + gap
    }
    y += 12
  }
  return svg(width, y, title, parts)
}
