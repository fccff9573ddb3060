import { createHash } from 'node:crypto'

declare const valueType: unique symbol

/** One part of a cached value: its TypeScript type, and a text that changes whenever its stored form does. */
export interface Field<Value> {
  readonly form: string
  readonly [valueType]?: Value
}

/** The stored form of a kind's values, as an ordered fingerprint, `r<revision>-<digest>`. */
export interface Shape<Value> {
  readonly revision: number
  readonly fingerprint: string
  readonly [valueType]?: Value
}

/** The TypeScript type that a shape or a field describes. */
export type ValueOf<Described> = Described extends { readonly [valueType]?: infer Value }
  ? Exclude<Value, undefined>
  : never

type Fields = Readonly<Record<string, Field<unknown>>>
type ObjectOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> }

export const int: Field<number> = { form: 'int' }
export const float: Field<number> = { form: 'float' }
export const text: Field<string> = { form: 'text' }
export const bool: Field<boolean> = { form: 'bool' }

export function nullable<Value>(field: Field<Value>): Field<Value | null> {
  return { form: `${field.form}?` }
}

export function list<Value>(field: Field<Value>): Field<readonly Value[]> {
  return { form: `[${field.form}]` }
}

export function object<F extends Fields>(fields: F): Field<ObjectOf<F>> {
  const forms = Object.entries(fields).map(([name, { form }]) => `${name}:${form}`)
  return { form: `{${forms.toSorted().join(',')}}` }
}

export function oneOf<const Value extends string>(...values: readonly Value[]): Field<Value> {
  return { form: values.toSorted().join('|') }
}

/** A form that the other fields cannot say, under a name to be changed with it. */
export function named<Value>(name: string): Field<Value> {
  return { form: `<${name}>` }
}

/**
 * Describes what a kind caches, from which both the value's TypeScript type and its fingerprint follow. Builds with
 * different shapes may share a cache: neither takes the other's values for its own, and the one with the lower revision
 * leaves the key to the other. So raise the revision with every change that goes live.
 */
export function shape<Value>(revision: number, field: Field<Value>): Shape<Value> {
  const digest = createHash('sha256').update(field.form).digest('base64url').slice(0, 8)
  return { revision, fingerprint: `r${revision}-${digest}` }
}

/** Whether a stored value's shape belongs to a newer build than ours. Equal revisions are ordered by their digests. */
export function isNewerShape(stored: string, ours: Shape<unknown>): boolean {
  const revision = Number(/^r([0-9]+)-/.exec(stored)?.[1] ?? 0)
  return revision === ours.revision ? stored > ours.fingerprint : revision > ours.revision
}
