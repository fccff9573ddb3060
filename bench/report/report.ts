import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Options } from '../options.ts'
import { askedFor } from '../parts/growth.ts'
import type { State } from '../state.ts'
import { conditions } from './conditions.ts'
import { growthTables } from './growth.ts'
import { plots } from './plots.ts'
import { readResults } from './results.ts'
import * as tables from './tables.ts'

const docs = fileURLToPath(new URL('../../docs/', import.meta.url))

/** Writes the page and the plots: into docs/, or after a quick run, whose figures say little, beside its results. */
export async function writeReport(state: State, options: Options, results: string): Promise<void> {
  const folder = options.quick ? results : docs
  const found = readResults(state)
  const drawn = plots(found)
  const page = `# Benchmark

${options.quick ? 'A quick run, which shows that everything works and says nothing about speed.' : 'Larder and its peers on the same work. `npm run bench` writes this page.'}

${await conditions(state, options.command)}

## What is asked

${tables.queryList()}

Ids are drawn from Zipf(1.0). The answers of all servers were compared and are the same; those of PostGraphile, which has its own schema, after their fields were renamed.

## CPU time of the server's process, µs a request: best round (median)

${image(drawn, 'bench-cpu.svg', 'CPU time a request of every server')}${tables.cpuTable(found)}

## Larder, its limits and its goals

The limit is what a raw server takes, one that only fetches the answer from Redis: with one GET of the finished body for a query that was asked before (Q1, Q2, Q3, Q4r), with MGET and JSON.stringify for a new one (Q4). "Times its limit" is Larder's CPU time divided by that; the goal is how close to 1 Larder set out to come. "With Redis" adds the CPU time of Redis itself.

${tables.goalTable(found)}

## Requests a second, and milliseconds (medians of the rounds)

${tables.throughputTable(found)}

## Redis: commands and CPU µs a request

Commands that scripts call are included.

${tables.redisTable(found)}

## SQL statements of a cold request

${tables.coldTable(found)}

## Under writes

Q1, Q2, Q3 and Q4r in equal parts; the given share of all requests gives new titles to the most popular products. CPU µs a request, best round (median), and SQL statements a request, including those of the writes. Before that, each server made ${options.warmingWrites.toLocaleString('en')} writes. A server without a figure stopped answering. The last line is the share of all entries that reads and writes looked for, one request after the other.

${image(drawn, 'bench-writes.svg', 'CPU time a request, by the share of writes')}${tables.writesTable(found)}

## Stale answers

Two processes of each server. A product's title is changed through one and read at once through the other; then the same while 16 readers ask for it; then it is changed by plain SQL and watched for ${options.watchMs / 1000} s.

${tables.staleTable(found)}

## Growth

Best rounds. In a catalog of any size as many different things are asked for: ${askedFor.products} products, ${askedFor.reviewed} with reviews, ${askedFor.categories} categories, and 512 lists. With several processes, each is asked over as many connections as one alone, and all of them share one core.

${image(drawn, 'bench-growth.svg', 'How the cost of a request grows with rows, products and processes')}${growthTables(found)}
`
  await mkdir(join(folder, 'images'), { recursive: true })
  await writeFile(join(folder, 'benchmark.md'), page)
  for (const [name, drawing] of Object.entries(drawn)) await writeFile(join(folder, 'images', name), drawing)
  console.log(`\n${tables.cpuTable(found)}\n\n${tables.goalTable(found)}\n\nWritten to ${join(folder, 'benchmark.md')}`)
}

function image(drawn: Readonly<Record<string, string>>, name: string, about: string): string {
  return name in drawn ? `![${about}](images/${name})\n\n` : ''
}
