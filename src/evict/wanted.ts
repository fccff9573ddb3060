import { parseArgs } from 'node:util'
import type { Cache } from '../cache/index.ts'
import { nouns, storedOf, type CatalogKinds, type Noun } from '../catalog/index.ts'
import { StartError } from '../start-error.ts'

/** What somebody wants gone from the cache. */
export type Wanted =
  | { readonly noun: Noun; readonly name: string }
  | { readonly kind: string }
  | { readonly everything: true }

/** @throws where the arguments name nothing, or more than one thing */
export function readArguments(args: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { kind: { type: 'string' }, all: { type: 'boolean' } },
    allowPositionals: true,
  })
  const ways = [values.kind !== undefined, values.all === true, positionals.length > 0].filter(Boolean)
  if (ways.length !== 1) throw new Error('Name one thing to evict, a kind, or everything.')
  if (values.kind !== undefined) return { kind: values.kind }
  if (values.all === true) return { everything: true }
  const [first = '', name = '', ...rest] = positionals
  const noun = nouns.find((each) => each === first)
  if (noun === undefined) throw new Error(`"${first}" is not one of ${nouns.join(', ')}.`)
  if (name === '' || rest.length > 0) throw new Error(`Name one ${noun}, by its id or another name of it.`)
  return { noun, name }
}

/**
 * The keys that hold what is wanted. Of one thing, its other names are read from the database; a whole kind goes by its
 * generation, however many entries it has.
 * @throws StartError where there is no such kind, or nothing can have that name
 */
export async function keysOf(
  wanted: Wanted,
  storage: { readonly cache: Cache; readonly kinds: CatalogKinds },
): Promise<string[]> {
  const { cache } = storage
  const kinds = Object.values(storage.kinds)
  if ('everything' in wanted) return kinds.map(({ generationKey }) => generationKey)
  if ('kind' in wanted) {
    const kind = kinds.find(({ name }) => name === wanted.kind)
    if (kind !== undefined) return [kind.generationKey]
    const names = cache.kindNames.toSorted().join(', ')
    throw new StartError(`There is no kind "${wanted.kind}". The kinds are ${names}.`)
  }
  const stored = await storedOf(storage, wanted.noun, wanted.name)
  if (stored.length === 0) throw new StartError(`"${wanted.name}" can name no ${wanted.noun}.`)
  return stored.map(({ name }) => cache.keyNamed(name))
}
