import { parseArgs } from 'node:util'
import { runCommand, type CommandTools } from '../command/command.ts'
import { StartError } from '../start-error.ts'
import { seedCatalog } from './seed.ts'

const usage = `Adds generated products to the catalog.

  npm run seed -- --products 100000 [--seed 1]

  --products N   how many products, 1 to 10000000
  --seed N       the same number draws the same catalog into an empty database; 1 by default`

await runCommand(usage, async ({ client, progress, print }: CommandTools) => {
  const { products, seed } = readArguments()
  const bar = progress('products', products)
  const begun = performance.now()
  const seeded = await seedCatalog(client, { products, seed, onProgress: (stored) => bar.update(stored) })
  bar.stop()
  const seconds = ((performance.now() - begun) / 1000).toFixed(1)
  const count = (number: number): string => number.toLocaleString('en')
  print(
    `Stored ${count(seeded.products)} products with ${count(seeded.variants)} variants and ${count(seeded.reviews)} reviews in ${count(seeded.categories)} categories, in ${seconds} s.`,
  )
  return true
})

function readArguments(): { products: number; seed: number } {
  try {
    const { values } = parseArgs({ options: { products: { type: 'string' }, seed: { type: 'string', default: '1' } } })
    return {
      products: wholeNumber('--products', values.products, 10_000_000),
      seed: wholeNumber('--seed', values.seed, 2_147_483_647),
    }
  } catch (error) {
    throw new StartError(`${(error as Error).message}\n\n${usage}`, { cause: error })
  }
}

function wholeNumber(name: string, text: string | undefined, most: number): number {
  const number = /^[0-9]{1,10}$/.test(text ?? '') ? Number(text) : 0
  if (number < 1 || number > most) {
    throw new Error(`${name} takes a whole number from 1 to ${most}, but received ${text ?? 'nothing'}`)
  }
  return number
}
