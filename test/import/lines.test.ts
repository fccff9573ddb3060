import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { longestLine, readLines } from '../../src/import/lines.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'larder-lines-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function collect<T>(from: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const each of from) all.push(each)
  return all
}

async function read(content: Buffer | string, name = 'file.jsonl'): Promise<{ lines: unknown[]; bytes: number }> {
  const file = join(folder, name)
  await writeFile(file, content)
  let bytes = 0
  const lines = await collect(readLines([file], (length) => (bytes += length)))
  return { lines, bytes }
}

it('reads lines with their numbers, whatever ends them, and leaves out empty ones', async () => {
  const { lines, bytes } = await read('\uFEFF{"a":1}\r\n\n  \n{"b":2}')
  expect(lines).toEqual([
    { place: 'file.jsonl:1', text: '{"a":1}' },
    { place: 'file.jsonl:4', text: '{"b":2}' },
  ])
  expect(bytes).toBe(Buffer.byteLength('\uFEFF{"a":1}\r\n\n  \n{"b":2}'))
})

it('recognizes gzip by its content and not by its name', async () => {
  const { lines } = await read(Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]), 'plain.txt')
  expect(lines).toEqual([
    { place: 'plain.txt:1', text: 'one' },
    { place: 'plain.txt:2', text: 'two' },
  ])
})

it('reads an empty file', async () => {
  expect((await read('')).lines).toEqual([])
})

it('skips a line that is too long and one that is not UTF-8, and reads on', async () => {
  const { lines } = await read(
    Buffer.concat([Buffer.alloc(longestLine + 1, 97), Buffer.from('\n\xff\xfe\nlast', 'latin1')]),
  )
  expect(lines).toEqual([
    { place: 'file.jsonl:1', text: '', fault: 'is longer than 10 MB' },
    { place: 'file.jsonl:2', text: '', fault: 'is not UTF-8' },
    { place: 'file.jsonl:3', text: 'last' },
  ])
})

it('tells of a file that is not there, and of one that was cut off', async () => {
  await expect(collect(readLines([join(folder, 'none')], () => {}))).rejects.toThrow(/none cannot be read: ENOENT/)
  const zipped = gzipSync('x'.repeat(100_000))
  await expect(read(zipped.subarray(0, zipped.length - 20), 'cut.gz')).rejects.toThrow(
    /cut.gz cannot be read: unexpected end of file/,
  )
})
