import type pg from 'pg'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hearStatements, tellStatements, type StatementEvent } from '../../src/database/statements.ts'
import { testDatabase } from '../setup/index.ts'

let client: pg.Client

beforeAll(async () => {
  ;({ client } = await testDatabase())
  hearStatements(client, 'read', () => {})
})
afterAll(() => client.end())

/** What is told of work that sends so many statements, each once the one before it was answered. */
async function told(sql: string, count: number): Promise<string[]> {
  const events: StatementEvent[] = []
  await tellStatements(
    (event) => events.push(event),
    async () => {
      for (let i = 0; i < count; i += 1) await client.query(sql)
    },
  )
  return events.map((event) => event.sql)
}

it('work is told of its own statements, also after other work that was told of its own has ended', async () => {
  const long = told('SELECT 1', 5)
  expect(await told('SELECT 2', 1)).toEqual(['SELECT 2'])
  expect(await long).toEqual(Array.from({ length: 5 }, () => 'SELECT 1'))
  expect(await told('SELECT 3', 1)).toEqual(['SELECT 3'])
})

it('work that fails is told of as well, and ends it for nobody else', async () => {
  const long = told('SELECT 1', 5)
  await expect(told('SELECT 1 / 0', 1)).rejects.toThrow('division by zero')
  expect(await long).toHaveLength(5)
})
