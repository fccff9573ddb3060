import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { StartError } from '../start-error.ts'

const manifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(z.object({ body: z.string().min(1) })),
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
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    throw new StartError(`${expected}, but ${path} is none: ${reason}`, { cause: error })
  }
}
