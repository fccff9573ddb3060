import { createCache, memoryStore } from '../cache/index.ts'
import { createKinds } from '../catalog/index.ts'
import { connect } from '../database/client.ts'
import { recordByHand } from '../database/outbox.ts'
import { queryableOn } from '../database/sql.ts'
import { runCommand, type CommandTools } from '../command/command.ts'
import { StartError } from '../start-error.ts'
import { keysOf, readArguments, type Wanted } from './wanted.ts'

const usage = `Evicts from the cache, for every instance. Whoever reads it next gets it from the database.

  npm run evict -- product 42          what is cached of one product, by its id or slug
  npm run evict -- variant SKU         of a variant, by its id or sku
  npm run evict -- category shoes      of a category, by its id or slug
  npm run evict -- review 7            of a review
  npm run evict -- --kind product-list every entry of one kind
  npm run evict -- --all               everything`

const shownKeys = 20

await runCommand(usage, evict, {
  delivery: {
    delivered: 'Every running server has evicted it.',
    timeout: 'A running server has not evicted it within 30 s; it will as soon as it can.',
    'nobody listens': 'No running server uses its cache at present; it is evicted before one does again.',
  },
})

async function evict({ client, config, url, print }: CommandTools): Promise<boolean> {
  const wanted = orUsage(() => readArguments(process.argv.slice(2)))
  const database = connect({ url, poolSize: 1 })
  // nothing is read through it: it knows how keys are named
  const cache = createCache({ store: memoryStore(), prefix: config.LARDER_CACHE_PREFIX })
  try {
    const keys = await keysOf(wanted, { cache, kinds: createKinds(cache, database.prisma) })
    await recordByHand(queryableOn(client), keys)
    const names = keys.map((key) => cache.nameOf(key))
    print(`Evicting ${titleOf(wanted)}:\n${names.slice(0, shownKeys).map(indented).join('\n')}`)
    if (names.length > shownKeys) print(`  and ${names.length - shownKeys} more`)
    return true
  } finally {
    await cache.close()
    await database.close()
  }
}

function titleOf(wanted: Wanted): string {
  if ('everything' in wanted) return 'everything, kind by kind'
  return 'kind' in wanted ? `every ${wanted.kind}` : `what is cached of ${wanted.noun} ${wanted.name}`
}

function orUsage<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function indented(name: string): string {
  return `  ${name}`
}
