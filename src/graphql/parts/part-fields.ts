import { mapSchema, MapperKind } from '@graphql-tools/utils'
import {
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
import { allRead, whenRead } from '../../catalog/index.ts'
import type { Context } from '../context.ts'
import type { Thing } from './part.ts'

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
        hasId(field.type) ? [[partField(name), inParts(name, field)] as const] : [],
      )
      return new GraphQLObjectType({ ...config, fields: { ...fields, ...Object.fromEntries(partFields) } })
    },
  })
}

type AnyField = GraphQLFieldConfig<unknown, Context>

/** A finished part, as it is. */
const part = new GraphQLScalarType({ name: 'Part', serialize: (value) => value })

function inParts(name: string, field: AnyField): AnyField {
  const { resolve, args = {} } = field
  const typeOf = typeNameFor(field.type)
  return {
    type: ofParts(field.type),
    args: { ...args, [cutArgument]: { type: new GraphQLNonNull(GraphQLInt) } },
    resolve(source, given, context, info) {
      const { [cutArgument]: cut, ...others } = given
      const partOf = (thing: unknown): unknown => {
        if (thing instanceof Error) throw thing
        if (thing === null || thing === undefined) return null
        return context.parts?.part(cut as number, typeOf(thing as Thing, context, info), thing as Thing)
      }
      const things =
        resolve === undefined ? (source as Record<string, unknown>)[name] : resolve(source, others, context, info)
      // thrown by one of many, it would leave those that are still being read without anybody who hears of their errors
      const oneOf = (thing: unknown): unknown => {
        try {
          return partOf(thing)
        } catch (error) {
          return Promise.reject(error)
        }
      }
      return whenRead(things, (found: unknown) =>
        Array.isArray(found) ? allRead(found.map((each: unknown) => whenRead(each, oneOf))) : partOf(found),
      )
    },
  }
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
