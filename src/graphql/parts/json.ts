import { Part } from './part.ts'

/** What was executed in parts: all that is around them, with each of them in its place. */
export class DataInParts {
  readonly frame: unknown

  constructor(frame: unknown) {
    this.frame = frame
  }
}

/** The text of an answer. */
export function stringifyResult({ data, ...others }: { readonly data?: unknown }): string {
  if (!(data instanceof DataInParts)) return `${JSON.stringify({ ...others, data })}\n`
  return `${written({ ...others, data: data.frame })}\n`
}

/** As JSON.stringify has it, which knows no way to leave a text as it is. */
function written(value: unknown): string {
  if (value instanceof Part) return value.json
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`
  if (!isPlain(value)) return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${fields.map(([name, each]) => `${JSON.stringify(name)}:${written(each)}`).join(',')}}`
}

/** Dates and their like say themselves how they are written. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
