import { expect, it } from 'vitest'
import { UnderWay } from '../../src/http/under-way.ts'

it('a request that is under way has an end, which comes once it is over', async () => {
  const underWay = new UnderWay()
  expect(underWay.endOf('page')).toBeUndefined()
  const end = underWay.begin('page')
  let isOver = false
  const waiting = underWay.endOf('page')?.then(() => (isOver = true))
  await Promise.resolve()
  expect(isOver).toBe(false)
  end()
  await waiting
  expect(underWay.endOf('page')).toBeUndefined()
})

it('the end of one that nobody waited for any longer is not the end of its successor', async () => {
  const underWay = new UnderWay()
  const endFirst = underWay.begin('page')
  const endSecond = underWay.begin('page')
  endFirst()
  const second = underWay.endOf('page')
  expect(second).toBeDefined()
  endSecond()
  await second
  expect(underWay.endOf('page')).toBeUndefined()
})
