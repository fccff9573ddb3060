import type { Happening } from '../feed.ts'

/** The happening, or happenings, of one type. */
type Of<Type, Each = Happening> = Each extends { readonly type: infer Types }
  ? Type extends Types
    ? Each
    : never
  : never

/** What is counted of each type of happening. */
export type Handlers = { readonly [Type in Happening['type']]?: (happening: Of<Type>) => void }

/** Who counts happenings of each type. */
export function byType(parts: readonly Handlers[]): ReadonlyMap<string, (happening: never) => void> {
  const handlers = new Map<string, (happening: never) => void>()
  for (const [type, handle] of parts.flatMap((part) => Object.entries(part))) {
    if (handlers.has(type)) throw new Error(`two parts of the metrics count happenings of type "${type}"`)
    handlers.set(type, handle)
  }
  return handlers
}

/**
 * The child of a metric for a label, found once: to look it up in prom-client costs more than to count.
 * @param find must be handed few labels, however many requests there are
 */
export function kept<Child>(find: (label: string) => Child): (label: string) => Child {
  const children = new Map<string, Child>()
  return (label) => {
    const known = children.get(label)
    if (known !== undefined) return known
    const child = find(label)
    children.set(label, child)
    return child
  }
}
