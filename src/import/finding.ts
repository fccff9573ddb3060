import { z } from 'zod'
import { reasonOf } from '../catalog/reasons.ts'

/** Something to tell about a line: the field, as `product.variants[3].price`, and a sentence. */
export interface Finding {
  readonly field: string
  readonly reason: string
}

/** What zod found, in the words of an import report. */
export function findingsOf(issue: z.core.$ZodIssue): Finding[] {
  const field = z.core.toDotPath(issue.path) || 'line'
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: field === 'line' ? key : `${field}.${key}`,
      reason: 'is no field that is known here',
    }))
  }
  const isMissing = issue.code !== 'custom' && issue.input === undefined
  return [{ field, reason: isMissing ? 'is missing' : reasonOf(issue) }]
}
