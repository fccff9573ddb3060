/**
 * Undoes what was started, in the opposite order, and each thing once. Where one fails the others are undone all the same:
 * what goes on running keeps others from taking its place.
 * @throws the first error, once everything has been tried
 */
export async function undoAll(started: (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = []
  for (const undo of started.splice(0).toReversed()) {
    try {
      await undo()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
