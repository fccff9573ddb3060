import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Options } from '../options.ts'
import { pins } from '../pin.ts'
import type { State } from '../state.ts'
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

${options.quick ? 'A quick run, which shows that everything works and says nothing about speed.' : 'Larder against what else there is, on the same work. `npm run bench` writes this page.'}

${await conditions(options)}

## What is asked

${tables.queryList()}

Ids are drawn from Zipf(1.0). The answers of all servers were compared and are the same; PostGraphile's, in its own schema, after their names were changed.

## CPU time in the server's process, µs a request: best round (median)

${image(drawn, 'bench-cpu.svg', 'CPU time a request of every server')}${tables.cpuTable(found)}

## Larder, its limits and its goals

The limit of a query that was asked before is one GET of the finished body, that of a new one MGET and JSON.stringify. CPU time; "with Redis" adds what Redis itself used.

${tables.goalTable(found)}

## Requests a second, and milliseconds (medians of the rounds)

${tables.throughputTable(found)}

## Redis: commands and CPU µs a request

Commands that scripts call count as well.

${tables.redisTable(found)}

## SQL statements of a cold request

${tables.coldTable(found)}

## Under writes

Q1, Q2, Q3 and Q4r in equal parts, and among them so many new titles of the products asked for most. CPU µs a request, best round (median), and SQL statements a request, those of the writes included. Before, each server has made ${options.warmingWrites.toLocaleString('en')} writes. A server without a figure stopped answering.

${image(drawn, 'bench-writes.svg', 'CPU time a request, by the share of writes')}${tables.writesTable(found)}

## Stale answers

Two processes each. A product's title is changed through one, and read at once through the other; then the same while 16 readers ask for it; then it is changed by plain SQL and watched for ${options.watchMs / 1000} s.

${tables.staleTable(found)}

## Growth

Best rounds. Each process is asked over ${options.connections} connections of its own, and all of them share the servers' core.

${image(drawn, 'bench-growth.svg', 'How the cost of a request grows with rows, products and processes')}
`
  await mkdir(join(folder, 'images'), { recursive: true })
  await writeFile(join(folder, 'benchmark.md'), page)
  for (const [name, drawing] of Object.entries(drawn)) await writeFile(join(folder, 'images', name), drawing)
  console.log(`\n${tables.cpuTable(found)}\n\n${tables.goalTable(found)}\n\nWritten to ${join(folder, 'benchmark.md')}`)
}

function image(drawn: Readonly<Record<string, string>>, name: string, about: string): string {
  return name in drawn ? `![${about}](images/${name})\n\n` : ''
}

async function conditions({ rounds, roundMs, connections, products }: Options): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  const shown = ['@apollo/server', 'graphql-yoga', 'mercurius', 'mercurius-cache', 'postgraphile']
  const redis = /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? ''
  const cores = pins
    ? 'Each server is one process on a core of its own; load, Redis and PostgreSQL share another.'
    : 'Servers, load, Redis and PostgreSQL share all cores.'
  return [
    `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, Redis ${redis}, PostgreSQL 18, ${shown.map((name) => `${name} ${dependencies[name]}`).join(', ')}.`,
    `${products.toLocaleString('en')} generated products. ${cores} ${connections} connections, warm, ${rounds} rounds of ${roundMs / 1000} s in which every server has its turn, so that whatever else the machine does meets all of them. Each has a database and a Redis of its own; PostgreSQL does not wait for its disk. Absolute figures change from hour to hour by more than half; the ratios within a table are what counts.`,
    'Larder runs with its production defaults (tokens, limits, metrics, a line in the log for each request), but for a rate limit that the load would run into. Every server has a young generation of 32 MB, as the image of Larder has: without it, those that make much garbage, Larder among them, take a fifth to a half more. The peers are set up as their documentation recommends, each in a file of `bench/servers`, with the same SQL and without limits, logs or authentication. PostGraphile asks for Node 22, and was given the one function of it that Node 20 lacks.',
  ].join('\n\n')
}
