import { chromium, type Browser } from 'playwright-core'
import { findProgram, type Found } from './programs.ts'

/**
 * Where a Chromium is; on Debian one is installed where it is missing and that is allowed. Without one, the reason is
 * printed once; where it may not be missing, that is an error.
 */
export async function findChromium(): Promise<Found> {
  const found = await findProgram(['chromium', 'chromium-browser', 'google-chrome'], 'chromium')
  if ('program' in found) return found
  if (process.env['CI'] === 'true') throw new Error(`The tests in a browser cannot run: ${found.reason}`)
  console.log(`\n Skipped: every test in a browser, because ${found.reason}\n`)
  return found
}

/** A browser that asks nobody for anything but what a page has it ask for. */
export function startChromium(program: string): Promise<Browser> {
  return chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
