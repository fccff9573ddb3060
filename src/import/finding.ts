import { z } from 'zod'

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

function reasonOf(issue: z.core.$ZodIssue): string {
  const received = `but received ${shown(issue.input)}`
  switch (issue.code) {
    case 'invalid_type':
      return `${lead(issue.message, `expected ${issue.expected === 'int' ? 'a whole number' : issue.expected}`)}, ${received}`
    case 'too_big':
      return `expected at most ${issue.maximum}${unitOf(issue.origin)}, ${received}`
    case 'too_small':
      return `expected at least ${issue.minimum}${unitOf(issue.origin)}, ${received}`
    case 'invalid_value':
      return `expected ${issue.values.join(', ')}, ${received}`
    case 'invalid_format':
      return `${issue.message}, ${received}`
    default:
      return issue.message
  }
}

/** zod's own English sentences give way to ours. */
function lead(message: string, otherwise: string): string {
  return message.startsWith('expected ') ? message : otherwise
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' character(s)' : origin === 'array' ? ' entries' : ''
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing'
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}
