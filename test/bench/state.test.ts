import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOptions } from '../../bench/options.ts'
import { measured } from '../../bench/report/conditions.ts'
import { State, type Conditions } from '../../bench/state.ts'

const conditions: Conditions = {
  date: '2026-01-02',
  products: 20_000,
  rounds: 7,
  roundMs: 1500,
  connections: 32,
  requests: 4096,
}

describe('what the benchmark has measured', () => {
  let folder: string
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'larder-state-'))))
  afterAll(() => rm(folder, { recursive: true }))

  it('is kept with its conditions, and not measured again', async () => {
    const options = readOptions(['--products', '1000', '--rounds', '3'])
    const state = await State.open(folder, 'kept.json', false)
    await state.part('cold', options, () => Promise.resolve([1]))
    const again = await State.open(folder, 'kept.json', false)
    await again.part('cold', readOptions([]), () => Promise.reject(new Error('measured again')))
    expect(again.known('cold')).toEqual([1])
    expect(again.conditions()).toMatchObject([['cold', { products: 1000, rounds: 3, roundMs: 1500 }]])
  })

  it('is measured anew where an older build has kept a result alone', async () => {
    await writeFile(
      join(folder, 'old.json'),
      JSON.stringify({ equal: { questions: 40 }, speed: [{ server: 'larder' }], 'hits 0': null }),
    )
    const state = await State.open(folder, 'old.json', false)
    expect(state.names()).toEqual([])
    await state.part('speed', readOptions([]), () => Promise.resolve([]))
    expect(state.known('speed')).toEqual([])
  })
})

describe('the conditions on the page', () => {
  it('are told once where all parts have the same', () => {
    expect(
      measured([
        ['speed', conditions],
        ['writes 0.05', conditions],
      ]),
    ).toBe(
      'Measured on 2026-01-02 with 20,000 generated products, 32 connections, 4,096 different requests of a kind and 7 rounds of 1.5 s.',
    )
  })

  it('are told part by part where they differ, those of one group together unless it is torn', () => {
    const later = { ...conditions, date: '2026-01-03', rounds: 4 }
    const page = measured([
      ['speed', conditions],
      ['writes 0', conditions],
      ['writes 0.01', conditions],
      ['stale larder', conditions],
      ['cold', later],
      ['stale textbook', later],
    ])
    expect(page.split('\n').map((line) => line.replace(/ with .* and/, ''))).toEqual([
      'Its parts were measured at different times:',
      '',
      '- speed, writes, stale larder: 2026-01-02 7 rounds of 1.5 s',
      '- cold, stale textbook: 2026-01-03 4 rounds of 1.5 s',
    ])
  })
})
