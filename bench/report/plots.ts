import { items } from '../work.ts'
import { barChart } from './bars.ts'
import { growthPanels } from './growth.ts'
import { lineChart, type LinePanel } from './lines.ts'
import { measuredPeers, type Results } from './results.ts'
import { short, summarize } from './summary.ts'

/** The plots that the figures are enough for, by the names of their files. */
export function plots(results: Results): Readonly<Record<string, string>> {
  const { speed, writes } = results
  const growth = growthPanels(results)
  return {
    ...(speed.length === 0 ? {} : { 'bench-cpu.svg': cpuPlot(results) }),
    ...(writes.length < 2 ? {} : { 'bench-writes.svg': writesPlot(results) }),
    ...(growth.length === 0
      ? {}
      : { 'bench-growth.svg': lineChart('How the cost of a request grows, CPU µs', growth, short) }),
  }
}

function cpuPlot({ speed }: Results): string {
  return barChart(
    'CPU time a request, µs',
    items.map((item) => ({
      title: `${item}: CPU µs a request`,
      bars: measuredPeers(speed).map(({ name, title }) => ({
        server: name,
        label: title,
        value: summarize(speed, name, item, 'cpuMicros')?.best ?? 0,
      })),
    })),
    short,
  )
}

function writesPlot({ writes }: Results): string {
  const all = writes.flatMap(({ samples }) => samples)
  const answered = (name: string): boolean =>
    writes.every(({ share }) => summarize(all, name, `${share}`, 'cpuMicros') !== undefined)
  const panel: LinePanel = {
    title: 'CPU µs a request, by the share of writes',
    places: writes.map(({ share }) => `${share * 100}%`),
    lines: measuredPeers(all)
      .filter(({ name }) => answered(name))
      .map(({ name }) => ({
        server: name,
        label: name,
        values: writes.map(({ share }) => summarize(all, name, `${share}`, 'cpuMicros')?.best ?? 0),
      })),
  }
  return lineChart(panel.title, [panel], short)
}
