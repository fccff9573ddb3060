/** A failure to start, or of a command, whose message is written for the person who started it: shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
