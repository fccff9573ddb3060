import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type InlineFragmentNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { cutArgument, hasId, partField } from './part-fields.ts'

/** What is selected of the things in one place of an operation, as an operation of its own whose root they are. */
export interface Cut {
  readonly operation: OperationDefinitionNode
  /** The variables that it uses: together with the thing itself, all that its outcome depends on in the request. */
  readonly variables: readonly string[]
}

/** An operation without what it selects of the things it reads, and that by itself. Fragments are unfolded. */
export interface CutOperation {
  readonly frame: OperationDefinitionNode
  readonly cuts: readonly Cut[]
}

/** Where in an operation a field stands: the names in the answer that lead to it, and whether one of them is a list's. */
interface Place {
  readonly path: string
  readonly repeated: boolean
}

/** It is cut in no way that would give the same answer. */
class Uncuttable extends Error {}

/**
 * Cuts an operation where it reads many things that have an id: products, categories, reviews. In its frame such a field is
 * replaced by a field of the same name in the answer, whose values are finished parts.
 *
 * Null where there is nothing to cut, or where fields of the same place are written in several places and would have to
 * be merged.
 */
export function cutOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CutOperation | null {
  const root = schema.getQueryType()
  if (operation.operation !== OperationTypeNode.QUERY || root === null || root === undefined) return null
  const cutter = new Cutter(schema, document, operation)
  try {
    const selectionSet = cutter.frameOf(root, operation.selectionSet, { path: '', repeated: false })
    return cutter.cuts.length === 0 ? null : { frame: { ...operation, selectionSet }, cuts: cutter.cuts }
  } catch (error) {
    if (error instanceof Uncuttable) return null
    throw error
  }
}

class Cutter {
  readonly cuts: Cut[] = []
  readonly #schema: GraphQLSchema
  readonly #operation: OperationDefinitionNode
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly #places = new Set<string>()

  constructor(schema: GraphQLSchema, { definitions }: DocumentNode, operation: OperationDefinitionNode) {
    this.#schema = schema
    this.#operation = operation
    const fragments = definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION)
    this.#fragments = new Map(fragments.map((each) => [each.name.value, each]))
  }

  frameOf(parent: GraphQLCompositeType, { selections }: SelectionSetNode, place: Place): SelectionSetNode {
    return {
      kind: Kind.SELECTION_SET,
      selections: selections.map((each): SelectionNode => {
        if (each.kind === Kind.FIELD) return this.#field(parent, each, place)
        const { typeCondition, selectionSet } =
          each.kind === Kind.FRAGMENT_SPREAD ? this.#fragment(each.name.value) : each
        const type = typeCondition === undefined ? parent : this.#compositeType(typeCondition.name.value)
        return unfolded(each, typeCondition, this.frameOf(type, selectionSet, place))
      }),
    }
  }

  #field(parent: GraphQLCompositeType, field: FieldNode, { path, repeated }: Place): FieldNode {
    const name = field.name.value
    if (field.selectionSet === undefined) return field
    const type = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name]?.type : undefined
    // of the schema itself, which the frame's is not
    if (type === undefined) throw new Uncuttable()
    const place = { path: `${path}.${field.alias?.value ?? name}`, repeated: repeated || isList(type) }
    if (!(place.repeated && hasId(type))) {
      return { ...field, selectionSet: this.frameOf(compositeOf(type), field.selectionSet, place) }
    }
    if (this.#places.has(place.path)) throw new Uncuttable()
    this.#places.add(place.path)
    const cut = String(this.cuts.push(this.#cut(field.selectionSet)) - 1)
    const { selectionSet: _cutOut, ...rest } = field
    return {
      ...rest,
      alias: field.alias ?? field.name,
      name: { kind: Kind.NAME, value: partField(name) },
      arguments: [
        ...(field.arguments ?? []),
        {
          kind: Kind.ARGUMENT,
          name: { kind: Kind.NAME, value: cutArgument },
          value: { kind: Kind.INT, value: cut },
        },
      ],
    }
  }

  #cut(selected: SelectionSetNode): Cut {
    const selectionSet = this.#unfold(selected)
    const used = new Set<string>()
    visit(selectionSet, { Variable: ({ name }) => void used.add(name.value) })
    const { variableDefinitions = [] } = this.#operation
    return {
      variables: [...used],
      operation: {
        kind: Kind.OPERATION_DEFINITION,
        operation: this.#operation.operation,
        variableDefinitions: variableDefinitions.filter(({ variable }) => used.has(variable.name.value)),
        selectionSet,
      },
    }
  }

  #unfold(selected: SelectionSetNode): SelectionSetNode {
    return visit(selected, {
      FragmentSpread: (spread) => {
        const { typeCondition, selectionSet } = this.#fragment(spread.name.value)
        return unfolded(spread, typeCondition, selectionSet)
      },
    })
  }

  #fragment(name: string): FragmentDefinitionNode {
    const fragment = this.#fragments.get(name)
    if (fragment === undefined) throw new Uncuttable()
    return fragment
  }

  #compositeType(name: string): GraphQLCompositeType {
    const type = this.#schema.getType(name)
    if (!isCompositeType(type)) throw new Uncuttable()
    return type
  }
}

function unfolded(
  { directives = [] }: Pick<SelectionNode, 'directives'>,
  typeCondition: InlineFragmentNode['typeCondition'],
  selectionSet: SelectionSetNode,
): InlineFragmentNode {
  return { kind: Kind.INLINE_FRAGMENT, directives, selectionSet, ...(typeCondition && { typeCondition }) }
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type))
}

function compositeOf(type: GraphQLOutputType): GraphQLCompositeType {
  const named = getNamedType(type)
  if (!isCompositeType(named)) throw new Uncuttable()
  return named
}
