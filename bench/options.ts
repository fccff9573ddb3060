import { parseArgs } from 'node:util'
import { peers } from './peers.ts'

/** How much is measured. */
export interface Options {
  /** What was asked for, as it is typed. */
  readonly command: string
  readonly quick: boolean
  /** Starts over, instead of keeping the parts that an earlier run has finished. */
  readonly fresh: boolean
  /** The parts to run. */
  readonly parts: readonly string[]
  /** The servers to run. */
  readonly servers: readonly string[]
  readonly products: number
  readonly connections: number
  readonly rounds: number
  /** How long one server is asked for one kind of query in one round. */
  readonly roundMs: number
  /** Different requests that a warm round goes through. */
  readonly requests: number
  /** Writes that each server has made before it is measured under writes. */
  readonly warmingWrites: number
  /** Writes after which it is looked for stale answers, for each query. */
  readonly writes: number
  /** How long a row that was changed from outside is watched. */
  readonly watchMs: number
  /** Sizes of the catalog for the part on growth. */
  readonly sizes: readonly number[]
}

export const partNames = [
  'equal',
  'speed',
  'writes',
  'pace',
  'cold',
  'stampede',
  'rows',
  'processes',
  'stale',
  'sizes',
] as const
export type PartName = (typeof partNames)[number]

const usage = `Measures Larder against its peers, and writes docs/benchmark.md.

  npm run bench -- [options]

  --quick            everything in a few minutes, with few requests: to see that it works
  --fresh            starts over; otherwise parts that an earlier run has finished are kept
  --parts a,b        only these: ${partNames.join(', ')}
  --servers a,b      only these: ${peers.map(({ name }) => name).join(', ')}
  --products N       20000 by default
  --sizes a,b        sizes of the catalog for the part sizes; 1000,100000 by default, 1000000 takes twenty minutes to generate
  --rounds N         7 by default
  --round-ms N       1500 by default`

/** @throws Error that shows the usage where something is not known */
export function readOptions(given: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...given],
    options: {
      quick: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      parts: { type: 'string' },
      servers: { type: 'string' },
      products: { type: 'string' },
      sizes: { type: 'string' },
      rounds: { type: 'string' },
      'round-ms': { type: 'string' },
    },
  })
  if (values.help) throw new Error(usage)
  const { quick, fresh } = values
  return {
    command: ['npm run bench', ...(given.length === 0 ? [] : ['--', ...given])].join(' '),
    quick,
    fresh,
    parts: names('--parts', values.parts, partNames),
    servers: names(
      '--servers',
      values.servers,
      peers.map(({ name }) => name),
    ),
    products: number('--products', values.products, quick ? 2000 : 20_000),
    connections: 32,
    rounds: number('--rounds', values.rounds, quick ? 2 : 7),
    roundMs: number('--round-ms', values['round-ms'], quick ? 150 : 1500),
    requests: quick ? 256 : 4096,
    warmingWrites: quick ? 50 : 2000,
    writes: quick ? 20 : 300,
    watchMs: quick ? 1000 : 10_000,
    sizes: (values.sizes?.split(',') ?? (quick ? ['1000'] : ['1000', '100000'])).map((size) =>
      number('--sizes', size, 0),
    ),
  }
}

function names(option: string, given: string | undefined, known: readonly string[]): readonly string[] {
  const chosen = given?.split(',') ?? known
  const stranger = chosen.find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw new Error(`${option} takes ${known.join(', ')}, but received ${stranger}\n\n${usage}`)
  return chosen
}

function number(option: string, given: string | undefined, standard: number): number {
  if (given === undefined) return standard
  if (!/^[1-9][0-9]{0,7}$/.test(given))
    throw new Error(`${option} takes a whole number, but received ${given}\n\n${usage}`)
  return Number(given)
}
