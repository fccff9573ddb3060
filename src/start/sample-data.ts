import pg from 'pg'
import { seedCatalog } from '../seed/seed.ts'

/** Fills an empty catalog with so many generated products; returns how many it holds. */
export async function ensureSampleData(url: string, products: number, print: (line: string) => void): Promise<number> {
  const client = new pg.Client({ connectionString: url, application_name: 'larder start' })
  // the next statement fails where the connection broke, and says so; unheard, the error would end the process here
  client.on('error', () => {})
  await client.connect()
  try {
    const count = await countProducts(client)
    if (count > 0 || products === 0) return count
    print(`Generating ${products.toLocaleString('en')} sample products …`)
    await seedCatalog(client, { products, seed: 1 })
    return await countProducts(client)
  } finally {
    await client.end()
  }
}

async function countProducts(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>('SELECT count(*)::int4 AS count FROM "product"')
  return rows[0]?.count ?? 0
}
