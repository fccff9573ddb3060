import { deepStrictEqual } from 'node:assert/strict'
import type { Stand } from '../stand.ts'
import type { Work } from '../work.ts'

const questionsEach = 10

/**
 * Asks every server the same, twice, so that what comes from a cache is looked at too.
 * @throws where an answer is not that of the first server
 */
export async function checkEqual(stands: readonly Stand[], work: Work): Promise<{ questions: number }> {
  const questions = (['Q1', 'Q2', 'Q3', 'Q4'] as const).flatMap((item) => work.draw(item, questionsEach, 3))
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
  return { questions: questions.length }
}
