import { buildASTSchema, lexicographicSortSchema, parse, printSchema } from 'graphql'
import { readTypeDefs } from '../catalog/index.ts'

/** The whole schema as one text, in an order that does not depend on files. */
export function printedSchema(): string {
  return `${printSchema(lexicographicSortSchema(buildASTSchema(parse(readTypeDefs().join('\n')))))}\n`
}
