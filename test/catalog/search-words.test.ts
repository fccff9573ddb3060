import fc from 'fast-check'
import { expect, it } from 'vitest'
import { searchWords } from '../../src/catalog/product/search-words.ts'
import { testDatabase } from '../setup/index.ts'

const { client } = await testDatabase()

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
