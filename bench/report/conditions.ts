import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { pins } from '../pin.ts'
import type { Conditions, State } from '../state.ts'

/** On what, with what and how everything was measured. */
export async function conditions(state: State, command: string): Promise<string> {
  const { dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>
  }
  const shown = ['@apollo/server', 'graphql-yoga', 'mercurius', 'mercurius-cache', 'postgraphile', 'ioredis']
  const redis = /v=([\d.]+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1] ?? ''
  const cores = pins
    ? 'Each server is one process on a core of its own; load, Redis and PostgreSQL share another.'
    : 'Servers, load, Redis and PostgreSQL share all cores.'
  return [
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, Redis ${redis}, PostgreSQL 18, ${shown.map((name) => `${name} ${dependencies[name]}`).join(', ')}.`,
    `Written by \`${command}\`. ${measured(state.conditions())}`,
    `${cores} Caches are warm unless stated otherwise. In each round every server has its turn, so that whatever else the machine does affects all of them. Each has a database and a Redis of its own; PostgreSQL does not wait for its disk. Absolute figures vary from hour to hour by more than half; what counts is the ratios within a table.`,
    'Larder runs with its production defaults (tokens, limits, metrics, a line in the log for each request), except for the rate limit, which the load would exceed. Every server has a young generation of 32 MB, as in the image of Larder: without it, the servers that produce much garbage, Larder among them, take a fifth to a half more. The peers are set up as their documentation recommends, each in a file in `bench/servers`, with the same SQL and without limits, logs or authentication. PostGraphile requires Node 22, and was given the one function of it that Node 20 lacks.',
  ].join('\n\n')
}

/** How the parts were measured: in one line where all of them alike, else in one for each way. */
export function measured(parts: readonly (readonly [name: string, conditions: Conditions])[]): string {
  const ways = new Map<string, string[]>()
  for (const [name, how] of parts) {
    const way = sentence(how)
    ways.set(way, [...(ways.get(way) ?? []), name])
  }
  if (ways.size <= 1) return [...ways.keys()].map((way) => `Measured on ${way}.`).join('')
  const groupsOf = (group: string): number =>
    [...ways.values()].filter((names) => names.some((name) => groupOf(name) === group)).length
  const lines = [...ways].map(([way, names]) => {
    const shown = names.map((name) => (groupsOf(groupOf(name)) === 1 ? groupOf(name) : name))
    return `- ${[...new Set(shown)].join(', ')}: ${way}`
  })
  return `Its parts were measured at different times:\n\n${lines.join('\n')}`
}

function sentence({ date, products, rounds, roundMs, connections, requests }: Conditions): string {
  return `${date} with ${number(products)} generated products, ${connections} connections, ${number(requests)} different requests of a kind and ${rounds} rounds of ${roundMs / 1000} s`
}

/** writes, of writes 0.05 */
function groupOf(name: string): string {
  return name.split(' ')[0] ?? name
}

function number(value: number): string {
  return value.toLocaleString('en')
}
