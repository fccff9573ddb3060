import type { z } from 'zod'
import { shown } from './errors.ts'

/** What zod found, as the end of a sentence about the field: `expected at most 5, but received 9`. */
export function reasonOf(issue: z.core.$ZodIssue): string {
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
