import DataLoader from 'dataloader'

/** A statement that takes longer than this, in ms, keeps no other waiting: it may have met a connection that is dead. */
const patienceMs = 200

/**
 * Joins what is wanted of the database while a statement is under way into one that follows it: the busier, the fewer
 * statements for each. What is asked for is never answered by a statement that was sent before.
 * @param ask answers in the order that it was asked; where it throws, everybody is told who waits for this statement
 */
export function joined<Wanted, Answer>(
  ask: (all: readonly Wanted[]) => Promise<readonly Answer[]>,
): (wanted: Wanted) => Promise<Answer> {
  let underWay: Promise<unknown> = Promise.resolve()
  const loader = new DataLoader<Wanted, Answer>(
    (all) => {
      const answers = ask(all)
      underWay = atMost(
        patienceMs,
        answers.catch(() => {}),
      )
      return answers
    },
    { cache: false, batchScheduleFn: (send) => void underWay.then(send) },
  )
  return (wanted) => loader.load(wanted)
}

/** Settles with the work, or without it after so many ms. */
function atMost(ms: number, work: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([work, patience]).finally(() => clearTimeout(timer))
}
