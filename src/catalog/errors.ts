import { GraphQLError } from 'graphql'

/** An argument that cannot be used. The message says what was expected, what was received, and names the argument. */
export function badUserInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } })
}

/** A client's value as an error message shows it: quoted, and cut short where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** Something that was there when the request began, and has been deleted since. */
export function gone(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'UNAVAILABLE' } })
}
