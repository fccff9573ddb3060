import type { z } from 'zod'
import type { Faults } from './faults.ts'
import { reasonOf } from './reasons.ts'

/** Fields of an input, and their rules. */
type Rules = Readonly<Record<string, z.ZodType>>

/** What was given and is right; the rest stands in the faults. */
export type Read<Fields extends Rules> = { readonly [Name in keyof Fields]?: z.output<Fields[Name]> }

/** The same once nothing was found to be wrong; what could be left out of the input may be missing here. */
export type Whole<Fields extends Rules> = { readonly [Name in keyof Fields]: z.output<Fields[Name]> }

/**
 * Reads an input field by field, so that one fault hides no other: what is right can still be compared with the catalog.
 * Fields that were not given are not in the answer. Everything that is wrong is added to the faults.
 */
export function readInput<Fields extends Rules>(rules: Fields, input: object, faults: Faults): Read<Fields> {
  const read: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(input)) {
    if (value === undefined) continue
    const result = rules[name]?.safeParse(value, { reportInput: true })
    if (result?.success) read[name] = result.data
    for (const issue of result?.error?.issues ?? []) {
      const path = ['input', name, ...issue.path.map(String)]
      faults.add('INVALID', path, `${path.slice(1).join('.')}: ${reasonOf(issue)}`)
    }
  }
  return read as Read<Fields>
}

/** A rule for a field that may be left out in a creation, where null says the same as nothing. */
export function orAbsent<Rule extends z.ZodType>(rule: Rule) {
  return rule.nullish().transform((value) => value ?? undefined)
}
