import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { StartError } from '../start-error.ts'

/** A line of a file, or why it cannot be read as one. */
export interface RawLine {
  /** `file:line`. */
  readonly place: string
  readonly text: string
  readonly fault?: string
}

/** Bytes a line may have; a longer one is skipped without being held. */
export const longestLine = 10 * 1024 * 1024

/**
 * Reads files one after the other, line by line, in constant memory; `-` is the standard input. What is gzipped is
 * recognized by its content. Empty lines are left out.
 * @param onBytes is told how many bytes were read from the files themselves
 * @throws StartError where a file cannot be read to its end
 */
export async function* readLines(files: readonly string[], onBytes: (bytes: number) => void): AsyncGenerator<RawLine> {
  for (const file of files) {
    try {
      yield* linesOf(file, onBytes)
    } catch (error) {
      throw new StartError(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }
}

async function* linesOf(file: string, onBytes: (bytes: number) => void): AsyncGenerator<RawLine> {
  const name = file === '-' ? 'stdin' : basename(file)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let number = 0
  for await (const line of splitLines(await unzipped(file === '-' ? process.stdin : createReadStream(file), onBytes))) {
    number += 1
    const place = `${name}:${number}`
    if (line === null) {
      yield { place, text: '', fault: `is longer than ${longestLine / 1024 / 1024} MB` }
      continue
    }
    try {
      const text = decoder.decode(line).trim()
      if (text !== '') yield { place, text }
    } catch {
      yield { place, text: '', fault: 'is not UTF-8' }
    }
  }
}

async function unzipped(source: Readable, onBytes: (bytes: number) => void): Promise<AsyncIterable<Buffer>> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>
  const first = await chunks.next()
  async function* counted(): AsyncGenerator<Buffer> {
    for (let next = first; next.done !== true; next = await chunks.next()) {
      onBytes(next.value.length)
      yield next.value
    }
  }
  const isGzip = first.value?.[0] === 0x1f && first.value[1] === 0x8b
  // an error of either stream ends the iteration of the last one
  return isGzip ? pipeline(Readable.from(counted()), createGunzip(), () => {}) : counted()
}

/** Cuts at line feeds. A line that is too long comes as null. */
async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  let parts: Buffer[] = []
  let length = 0
  const take = (): Buffer | null => {
    const line = length > longestLine ? null : Buffer.concat(parts)
    parts = []
    length = 0
    return line
  }
  const add = (part: Buffer): void => {
    length += part.length
    if (length > longestLine) parts = []
    else parts.push(part)
  }
  for await (const chunk of chunks) {
    let from = 0
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, at))
      yield take()
      from = at + 1
    }
    add(chunk.subarray(from))
  }
  if (length > 0) yield take()
}
