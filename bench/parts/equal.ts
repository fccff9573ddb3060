import { deepStrictEqual } from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryName, Question } from '../queries.ts'
import type { Stand } from '../stand.ts'
import type { Work } from '../work.ts'

const names = ['Q1', 'Q2', 'Q3', 'Q4'] as const
const questionsEach = 10
const storedMs = 200

/**
 * Asks every server the same, twice, so that what comes from a cache is looked at too; and then once more, so that a cache
 * that does not hold what it should is seen.
 * @throws where an answer is not that of the first server, and where a question that was just asked is sent to a database
 */
export async function checkEqual(stands: readonly Stand[], work: Work): Promise<{ questions: number }> {
  const questions = names.flatMap((name) => work.draw(name, questionsEach, 3))
  const [first, ...others] = stands
  if (first === undefined) return { questions: 0 }
  for (const question of questions) {
    const expected = await first.answer(question)
    for (const stand of [first, ...others, ...others]) {
      const actual = await stand.answer(question)
      deepStrictEqual(
        actual,
        expected,
        `${stand.peer.name} answers ${JSON.stringify(question)} otherwise than ${first.peer.name}`,
      )
    }
  }
  // some store answers behind them
  await sleep(storedMs)
  for (const stand of stands.filter(({ peer }) => peer.caches)) {
    for (const name of names) {
      await checkWarm(
        stand,
        name,
        questions.filter(({ query }) => query === name),
      )
    }
  }
  return { questions: questions.length }
}

/** No peer is excepted. One whose cache leaves something out by its own design would have to be named here, with the reason. */
async function checkWarm(stand: Stand, name: QueryName, questions: readonly Question[]): Promise<void> {
  const statements = await stand.countStatements(async () => {
    for (const question of questions) await stand.answer(question)
  })
  if (statements > 0)
    throw new Error(
      `${stand.peer.name} sent ${statements} SQL statements for ${questions.length} times ${name}, all of which were just asked`,
    )
}
