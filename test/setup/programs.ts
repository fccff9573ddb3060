import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A program, or why there is none. */
export type Found = { readonly program: string } | { readonly reason: string }

/** Where a program is; on Debian its package is installed where it is missing and that is allowed. */
export async function findProgram(names: readonly string[], debianPackage: string): Promise<Found> {
  const found = await firstOnPath(names)
  if (found !== null) return { program: found }
  const hint = `there is no ${names[0]}: install it with your package manager (Debian: apt-get install ${debianPackage})`
  if (process.getuid?.() !== 0 || (await firstOnPath(['apt-get'])) === null) return { reason: hint }
  console.log(`\n Installing ${debianPackage} with apt-get, for the tests …`)
  try {
    // keeps Debian from starting a server of its own on the usual port
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
    await run('apt-get', ['update', '-qq'], { env: environment })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], { env: environment })
  } catch (error) {
    return { reason: `${hint} (apt-get failed: ${(error as Error).message.split('\n')[0]})` }
  }
  const installed = await firstOnPath(names)
  return installed === null ? { reason: hint } : { program: installed }
}

async function firstOnPath(names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder, name)
      const isThere = await access(path).then(
        () => true,
        () => false,
      )
      if (isThere) return path
    }
  }
  return null
}
