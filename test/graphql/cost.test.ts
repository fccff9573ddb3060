import { Kind, parse, type OperationDefinitionNode } from 'graphql'
import { beforeEach, describe, expect, it } from 'vitest'
import { KnownCosts } from '../../src/graphql/cost.ts'

function operationOf(document: string): OperationDefinitionNode {
  const [definition] = parse(document).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`${document} is no operation`)
  return definition
}

describe('the costs of an operation', () => {
  const operation = operationOf(
    'query ($first: Int, $after: String) { products(first: $first, after: $after) { totalCount } }',
  )
  let costs: KnownCosts
  let workedOut: number

  beforeEach(() => {
    costs = new KnownCosts()
    workedOut = 0
  })

  function costOf(variables: Readonly<Record<string, unknown>>, cost = 7): number {
    return costs.of(operation, variables, () => {
      workedOut += 1
      return cost
    })
  }

  it('are remembered by what matters of its variables, and by none that it does not declare', () => {
    for (let i = 0; i < 500; i += 1) costOf({ first: 5, after: `cursor ${i}`, [`stray${i}`]: i, stray: i })
    expect(workedOut).toBe(1)
    expect([costOf({ first: 6, after: 'a' }, 8), costOf({ first: 5, after: null }, 9)]).toEqual([8, 9])
    expect([costOf({ first: 6, after: 'b' }), costOf({ first: 5, after: null })]).toEqual([8, 9])
  })

  it('are remembered a hundred times at most, and worked out again beyond that', () => {
    for (let i = 0; i < 101; i += 1) costOf({ first: i })
    expect(workedOut).toBe(101)
    for (let i = 0; i < 100; i += 1) costOf({ first: i })
    expect(workedOut).toBe(101)
    costOf({ first: 100 })
    expect(workedOut).toBe(102)
  })

  it('are not remembered where variables could not be used, since others of the same weight can', () => {
    expect([costOf({ after: 'wrong' }, 0), costOf({ after: 'right' }, 12)]).toEqual([0, 12])
  })
})
