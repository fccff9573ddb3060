import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { printedSchema } from '../../src/graphql/printed-schema.ts'

const schema = buildSchema(printedSchema())
const builtIn = /^(__.*|String|Int|Float|Boolean|ID)$/
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !builtIn.test(name))

it('schema.graphql says what the server says: else npm run schema', () => {
  expect(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8')).toBe(printedSchema())
})

it('every type, field, argument and code says what it is', () => {
  const silent: string[] = []
  const look = (name: string, { description }: { description?: string | null | undefined }): void => {
    if (!description) silent.push(name)
  }
  for (const type of types) {
    look(type.name, type)
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value)
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field)
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const field of Object.values(type.getFields())) {
      look(`${type.name}.${field.name}`, field)
      for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument)
    }
  }
  expect(silent).toEqual([])
})
