/** The node refused because the key lives elsewhere in the cluster, or moves: nothing was done. */
export function isRedirected(outcome: unknown): boolean {
  return outcome instanceof Error && /^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN) /.test(outcome.message)
}

/** The server does not know the script: nothing was done. */
export function isNoScript(outcome: unknown): outcome is Error {
  return outcome instanceof Error && outcome.message.startsWith('NOSCRIPT')
}

/** For a reply that nobody can make sense of. */
export function noAnswer(): Error {
  return new Error('Redis answered with something that is no answer')
}

/** For what was done before it was known in which server: it may be done where nobody reads. */
export function uncertain<Outcome>(outcome: Outcome): Outcome | Error {
  return outcome instanceof Error ? outcome : new Error('it is not known yet which Redis server did it')
}

export function isText(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
