import { badUserInput, shown } from './errors.ts'
import { largestInt } from './storable.ts'

export type NodeType = 'Product' | 'ProductVariant' | 'Category' | 'Review'

export interface GlobalId {
  readonly type: NodeType
  /** Null where the number is larger than any row's could be: well formed, and certainly unknown. */
  readonly id: number | null
}

const nodeTypes: readonly NodeType[] = ['Product', 'ProductVariant', 'Category', 'Review']
const form = /^(Product|ProductVariant|Category|Review):(0|[1-9][0-9]*)$/

/** The id of a row as clients see it, `Product:42`. */
export function globalId(type: NodeType, id: number): string {
  return `${type}:${id}`
}

/**
 * Reads a client's id. There is one spelling for each row, so none can have two cache entries.
 * @throws BAD_USER_INPUT where the text is no id, or the id of a type that the argument does not take.
 */
export function parseGlobalId(text: string, argument: string, expected: readonly NodeType[] = nodeTypes): GlobalId {
  const type = expected.find((each) => form.exec(text)?.[1] === each)
  if (type === undefined) {
    const examples = expected.map((each) => `"${each}:42"`).join(' or ')
    throw badUserInput(`${argument} takes an id such as ${examples}, but received ${shown(text)}`)
  }
  const id = Number(text.slice(type.length + 1))
  return { type, id: id <= largestInt ? id : null }
}
