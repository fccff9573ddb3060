import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AskedBefore } from '../../src/http/asked-before.ts'

it('a request was met before from the second time on', () => {
  const before = new AskedBefore()
  const lists = Array.from({ length: 5000 }, (_, i) => `{"query":"{ nodes }","variables":{"ids":["Product:${i}"]}}`)
  // places are shared by chance, so that a few are forgotten and hardly any is mistaken
  expect(lists.filter((each) => before.met(each)).length).toBeLessThan(5)
  expect(lists.filter((each) => before.met(each)).length).toBeGreaterThan(4500)
})

it('any text is remembered until another takes its place', () => {
  const before = new AskedBefore()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      before.met(text)
      expect(before.met(text)).toBe(true)
    }),
  )
})
