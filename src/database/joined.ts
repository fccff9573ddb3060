import DataLoader from 'dataloader'

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
      underWay = answers.catch(() => {})
      return answers
    },
    { cache: false, batchScheduleFn: (send) => void underWay.then(send) },
  )
  return (wanted) => loader.load(wanted)
}
