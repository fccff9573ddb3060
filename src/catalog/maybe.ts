/** A value that is at hand, or is still being read. */
export type Maybe<Value> = Value | Promise<Value>

/** Goes on with a value at once where it is at hand: a promise for each field costs more than the fields. */
export function whenRead<Value, Result>(value: Maybe<Value>, use: (value: Value) => Maybe<Result>): Maybe<Result> {
  return value instanceof Promise ? value.then(use) : use(value)
}

/** All values in their order, at once where all are at hand. */
export function allRead<Value>(values: readonly Maybe<Value>[]): Maybe<Value[]> {
  return values.some((each) => each instanceof Promise) ? Promise.all(values) : (values as Value[])
}
