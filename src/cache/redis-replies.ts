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

export function isText(value: unknown): value is string | null {
  return value === null || typeof value === 'string'
}
