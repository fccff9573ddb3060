import { writeFileSync } from 'node:fs'
import { printedSchema } from '../src/graphql/printed-schema.ts'

// schema.graphql at the root is what frontends generate their types from
writeFileSync(new URL('../schema.graphql', import.meta.url), printedSchema())
