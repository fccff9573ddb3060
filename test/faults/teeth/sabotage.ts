import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunOptions } from '../run.ts'

/** A text of a file that is to be another one. */
export interface Replacement {
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** A way to break the promises, which a run has to notice. */
export interface Sabotage {
  readonly name: string
  readonly replacements: readonly Replacement[]
  /** What brings it to light, beyond what clients do anyway. */
  readonly options: Pick<RunOptions, 'faults' | 'outsideMs'>
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const parts = ['src', 'prisma', 'docs', 'package.json', 'tsconfig.json', 'schema.graphql']

/**
 * Copies this tree, sabotages the copy, hands its folder over, and removes it.
 * @throws where a text is not there exactly once: a sabotage that does not take hold shows nothing
 */
export async function withSabotage<Result>(
  { name, replacements }: Pick<Sabotage, 'name' | 'replacements'>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'larder-sabotage-'))
  try {
    for (const part of parts) await cp(join(root, part), join(folder, part), { recursive: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const { file, find, replace } of replacements) {
      const pieces = (await readFile(join(folder, file), 'utf8')).split(find)
      if (pieces.length !== 2) {
        throw new Error(
          `"${name}" takes this text once in ${file}, but it is there ${pieces.length - 1} times: ${find}`,
        )
      }
      await writeFile(join(folder, file), pieces.join(replace))
    }
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
