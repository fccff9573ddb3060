import { lengths, processCounts } from '../parts/growth.ts'
import { items } from '../work.ts'
import { barChart } from './bars.ts'
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

function growthPanels({ rows, sizes, processes }: Results): LinePanel[] {
  const panels: LinePanel[] = []
  if (rows.length > 0) {
    panels.push({
      title: 'rows in a list: CPU µs a row',
      places: lengths.map(String),
      lines: measuredPeers(rows).map(({ name }) => ({
        server: name,
        label: name,
        values: lengths.map((length) => (summarize(rows, name, `${length}`, 'cpuMicros')?.best ?? 0) / length),
      })),
    })
  }
  if (sizes.length > 1) {
    panels.push({
      title: 'products in the catalog: CPU µs',
      places: sizes.map(({ products }) => products.toLocaleString('en')),
      lines: (['Q1', 'Q2', 'Q3', 'Q4r'] as const).map((item) => ({
        server: 'larder',
        label: item,
        values: sizes.map(({ samples }) => summarize(samples, 'larder', item, 'cpuMicros')?.best ?? 0),
      })),
    })
  }
  if (processes.length > 0) {
    panels.push({
      title: 'processes: CPU µs of a Q1',
      places: processCounts.map(String),
      lines: [
        {
          server: 'larder',
          label: 'larder',
          values: processCounts.map((count) => summarize(processes, 'larder', `${count}Q1`, 'cpuMicros')?.best ?? 0),
        },
      ],
    })
  }
  return panels
}
