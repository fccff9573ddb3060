import { lengths, processCounts } from '../parts/growth.ts'
import type { LinePanel } from './lines.ts'
import { table } from './markdown.ts'
import { measuredPeers, type Results } from './results.ts'
import { short, summarize } from './summary.ts'

/** How the cost of a request grows, with each thing that can grow. */
export function growthPanels({ rows, sizes, processes }: Results): LinePanel[] {
  const panels: LinePanel[] = []
  if (rows.length > 0) {
    panels.push({
      title: 'rows in a new list: CPU µs a row',
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

/** The figures of the plot. */
export function growthTables(results: Results): string {
  return growthPanels(results)
    .map(({ title, places, lines }) =>
      table(
        [title, ...places],
        lines.map(({ label, values }) => [label, ...values.map(short)]),
      ),
    )
    .join('\n\n')
}
