import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { searchWords } from '../../src/catalog/product/search-words.ts'
import { startApi } from '../setup/api.ts'
import { testDatabase } from '../setup/index.ts'

const { client, url } = await testDatabase()
const api = await startApi({ url })
afterAll(() => api.close())

// what every version of Unicode agrees on: a server may know more characters than node does, or fewer
const ranges: [number, number][] = [
  [0x20, 0x24f],
  [0x300, 0x3ce],
  [0x400, 0x52f],
  [0x5d0, 0x5ea],
  [0x620, 0x64a],
  [0x1e00, 0x1eff],
  [0x2000, 0x206f],
  [0x20a0, 0x20ac],
  [0x3041, 0x30fe],
  [0x4e00, 0x9fa5],
  [0xac00, 0xd7a3],
]
const character = fc.oneof(
  ...ranges.map(([min, max]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))),
)

it('a query is cut into the same words as what it searches', async () => {
  const sentence = fc.string({
    unit: fc.oneof(character, fc.constantFrom(...Array.from('aZ9 -_.éÉßŁøıİǅﬁ½①Ａ字한ก'))),
    maxLength: 20,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(sentence, { minLength: 1, maxLength: 50 }), async (given) => {
      const { rows } = await client.query<{ words: string }>(
        'SELECT larder_search_words(given) AS words FROM unnest($1::text[]) WITH ORDINALITY AS g (given, place) ORDER BY place',
        [given],
      )
      expect(given.map((each) => searchWords(each).join(' '))).toEqual(rows.map(({ words }) => words))
    }),
    { numRuns: 60 },
  )
})

it('a word as long as the database can hold is found, and a longer one is not', async () => {
  // one such character is searched as six, of three bytes each
  const [longest, longer] = [`${'㌖'.repeat(113)}アアアア`, '㌖'.repeat(114)]
  expect([longest, longer].map((word) => Buffer.byteLength(searchWords(word).join(' ')))).toEqual([2046, 2052])
  await client.query(`INSERT INTO product (slug, title) VALUES ('longest', $1), ('longer', $2)`, [longest, longer])
  const search = async (query: string): Promise<unknown> => {
    const found = '{ searchProducts(query: $query) { totalCount nodes { slug } pageInfo { hasNextPage } } }'
    const { data, errors } = await api.ask(`query($query: String!) ${found}`, { query })
    return errors ?? data.searchProducts
  }
  const nothing = { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } }
  expect(await search(longest)).toEqual({ ...nothing, totalCount: 1, nodes: [{ slug: 'longest' }] })
  expect(await search(longer)).toEqual(nothing)
  expect(await search(`${longer} a`)).toEqual(nothing)
})
