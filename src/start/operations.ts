import { readFile } from 'node:fs/promises'
import { parse } from 'graphql'
import { z } from 'zod'
import { StartError } from '../start-error.ts'

const operation = z
  .object({ name: z.string().optional(), body: z.string().min(1) })
  .superRefine(({ name, body }, context) => {
    try {
      parse(body)
    } catch (error) {
      const message = `the operation${name === undefined ? '' : ` ${name}`} is no GraphQL: ${(error as Error).message}`
      context.addIssue({ code: 'custom', path: ['body'], message })
    }
  })

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(operation),
})

/**
 * The operations that a manifest registers; null where there is none.
 * @throws StartError where the file cannot be read, or is no manifest
 */
export async function readOperations(path: string | undefined): Promise<readonly string[] | null> {
  if (path === undefined) return null
  try {
    return manifest.parse(JSON.parse(await readFile(path, 'utf8'))).operations.map(({ body }) => body)
  } catch (error) {
    const expected = 'LARDER_OPERATIONS must name a file as @apollo/generate-persisted-query-manifest writes it'
    throw new StartError(`${expected}, but ${path} is none: ${reasonOf(error)}`, { cause: error })
  }
}

/** What is wrong first, and where: what else is wrong of a file that is no manifest follows from it. */
function reasonOf(error: unknown): string {
  const [issue] = error instanceof z.ZodError ? error.issues : []
  return issue === undefined ? (error as Error).message : `${z.core.toDotPath(issue.path)}: ${issue.message}`
}
