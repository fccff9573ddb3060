import { buildSchema, isObjectType, parse, TypeInfo, visit, visitWithTypeInfo } from 'graphql'
import { expect, it } from 'vitest'
import { readTypeDefs } from '../../src/catalog/index.ts'
import { broadQueries } from '../setup/queries.ts'

it('the queries that the tests compare ask for every field of every type', () => {
  const schema = buildSchema(readTypeDefs().join('\n'))
  const asked = new Set<string>()
  for (const query of broadQueries) {
    const info = new TypeInfo(schema)
    visit(
      parse(query),
      visitWithTypeInfo(info, { Field: ({ name }) => void asked.add(`${info.getParentType()?.name}.${name.value}`) }),
    )
  }
  const fields = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !/^__|^Mutation$|Payload$|^UserError$/.test(type.name))
    .flatMap((type) =>
      isObjectType(type) ? Object.keys(type.getFields()).map((field) => `${type.name}.${field}`) : [],
    )
  expect(fields.filter((field) => !asked.has(field))).toEqual([])
})
