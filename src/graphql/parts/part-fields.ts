import { mapSchema, MapperKind } from '@graphql-tools/utils'
import {
  defaultFieldResolver,
  getNamedType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  isAbstractType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql'
import { allRead, whenRead, type Maybe } from '../../catalog/index.ts'
import type { Context } from '../context.ts'
import type { Thing } from './kept-parts.ts'

/** The argument of a part field that says which selection its parts are of. */
export const cutArgument = 'cut'

/** The field that has, instead of the things that another one has, their finished parts. */
export function partField(name: string): string {
  return `${name}InParts`
}

/** Whether what is of this type, or of which it is a list, is known by an id. */
export function hasId(type: GraphQLOutputType): boolean {
  const named = getNamedType(type)
  return (
    (isObjectType(named) || isInterfaceType(named)) &&
    (named.name === 'Node' || named.getInterfaces().some(({ name }) => name === 'Node'))
  )
}

/** A schema that has a part field beside every field that has things with an id. */
export function withPartFields(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.OBJECT_TYPE](type) {
      const { fields, ...config } = type.toConfig()
      const partFields = Object.entries(fields).flatMap(([name, field]) =>
        hasId(field.type) ? [[partField(name), inParts(field)] as const] : [],
      )
      return new GraphQLObjectType({ ...config, fields: { ...fields, ...Object.fromEntries(partFields) } })
    },
  })
}

type AnyField = GraphQLFieldConfig<unknown, Context>

/** A finished part, as it is. */
const part = new GraphQLScalarType({ name: 'Part', serialize: (value) => value })

function inParts(field: AnyField): AnyField {
  const { resolve = defaultFieldResolver, args = {} } = field
  const typeOf = typeNameFor(field.type)
  return {
    type: ofParts(field.type),
    args: { ...args, [cutArgument]: { type: new GraphQLNonNull(GraphQLInt) } },
    resolve(source, given, context, info) {
      const { [cutArgument]: cut, ...others } = given
      const partOf = context.parts?.of(cut as number)
      return whenRead(resolve(source, others, context, info), (found) =>
        partsOf(found, (thing) => partOf?.(typeOf(thing, context, info), thing)),
      )
    },
  }
}

function partsOf(found: unknown, partOf: (thing: Thing) => Maybe<unknown>): Maybe<unknown> {
  if (Array.isArray(found)) {
    const parts = found.map((each: unknown) => whenRead(each, (thing) => partsOf(thing, partOf)))
    return allRead(parts)
  }
  if (found instanceof Error) throw found
  return found === null || found === undefined ? null : partOf(found as Thing)
}

type TypeName = (thing: Thing, context: Context, info: GraphQLResolveInfo) => string

function typeNameFor(type: GraphQLOutputType): TypeName {
  const named = getNamedType(type)
  return isAbstractType(named)
    ? (thing, context, info) => named.resolveType?.(thing, context, info, named) as string
    : () => named.name
}

function ofParts(type: GraphQLOutputType): GraphQLOutputType {
  if (isNonNullType(type)) return new GraphQLNonNull(ofParts(type.ofType))
  return isListType(type) ? new GraphQLList(ofParts(type.ofType)) : part
}
