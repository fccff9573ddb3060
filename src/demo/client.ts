import { StartError } from '../start-error.ts'

/** What a request came to. */
export interface Answer {
  // whoever asks knows the shape of what they asked for
  readonly data: Readonly<Record<string, unknown>> | null
  /** Its first error: the code that the API gives it, else the status. */
  readonly fault: string | null
  readonly ms: number
  /** How many entries it read, and how many of them came from the cache; null where that was not asked for. */
  readonly reads: { readonly hits: number; readonly all: number } | null
}

export interface Asking {
  readonly variables?: Readonly<Record<string, unknown>>
  /** Whether the answer is to say where it came from, which costs a little. */
  readonly explained?: boolean
}

/** Asks a running Larder. */
export type Ask = (query: string, asking?: Asking) => Promise<Answer>

const timeoutMs = 10_000

interface Body {
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[]
  readonly extensions?: { readonly larder?: { readonly kinds: Readonly<Record<string, Record<string, number>>> } }
}

/** A client of the API at this address. */
export function connectTo(url: string): Ask {
  return async (query, { variables = {}, explained = false } = {}) => {
    const begun = performance.now()
    const done = (): number => performance.now() - begun
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(explained ? { 'x-larder-trace': '1' } : {}) },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const { data = null, errors, extensions } = (await response.json()) as Body
      const code = errors === undefined ? null : (errors[0]?.extensions?.code ?? `HTTP ${response.status}`)
      return { data, fault: code, ms: done(), reads: explained ? readsIn(extensions) : null }
    } catch {
      return { data: null, fault: 'NO ANSWER', ms: done(), reads: null }
    }
  }
}

/** @throws StartError where nothing that is a Larder answers, with what to do about it */
export async function requireLarder(url: string): Promise<void> {
  const answer = await connectTo(url)('{ __typename }')
  if (answer.fault === 'NO ANSWER') {
    throw new StartError(`No Larder answers at ${url}. Start one with npm start, or name another with --url.`)
  }
  if (answer.data?.['__typename'] !== 'Query') {
    throw new StartError(`What answers at ${url} is no Larder, or does not answer the demo: ${answer.fault ?? '?'}.`)
  }
}

function readsIn(extensions: Body['extensions']): Answer['reads'] {
  const kinds = Object.values(extensions?.larder?.kinds ?? {})
  const sum = (...names: readonly string[]): number =>
    kinds.reduce((total, kind) => total + names.reduce((of, name) => of + (kind[name] ?? 0), 0), 0)
  const hits = sum('hits', 'negative')
  return { hits, all: hits + sum('misses', 'bypasses') }
}
