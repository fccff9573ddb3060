import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import { GraphQLError, type ValidationRule } from 'graphql'

/** How much one operation may ask for. */
export interface Limits {
  /** Fields within fields. */
  readonly depth: number
  readonly aliases: number
  /** Names, punctuation and values of the document. */
  readonly tokens: number
  /** About as many objects as the answer may hold. */
  readonly cost: number
}

/** Marks an error among those of the validation as one of a limit: Apollo overwrites the code that such an error has. */
export const limitMark = 'larderLimit'

/** An operation whose fragments unfold to more fields than this is nothing a person has written. */
export const mostSelections = 10_000

const mostDirectives = 50

/** The limits that the text of an operation alone decides. */
export function limitRules({ depth, aliases }: Limits): ValidationRule[] {
  const options = {
    propagateOnRejection: false,
    onReject: [
      (context: { reportError(error: GraphQLError): void } | null, { message }: GraphQLError) =>
        context?.reportError(
          new GraphQLError(`${message.replace('Syntax Error: ', '')} Ask for less at once.`, {
            extensions: { [limitMark]: true },
          }),
        ),
    ],
  }
  return [
    maxDepthRule({ n: depth, ...options }),
    maxAliasesRule({ n: aliases, ...options }),
    maxDirectivesRule({ n: mostDirectives, ...options }),
  ] as ValidationRule[]
}
