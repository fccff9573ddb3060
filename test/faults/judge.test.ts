import { describe, expect, it } from 'vitest'
import { judgeList, judgeSum, type ListRead } from './judge/collection.ts'
import { Counter } from './judge/counter.ts'
import type { Troubled } from './judge/excuse.ts'
import { Judge } from './judge/judge.ts'
import { Row, type Finding, type Outcome } from './judge/row.ts'
import { Slot } from './judge/slot.ts'

// every time in ms; a row begins at version 1, read as "first"
const first = { version: 1, value: 'first' }
const during = (begun: number, ended: number): { begun: number; ended: number } => ({ begun, ended })
const calm = (): boolean => false

function rowWith(troubled = calm): {
  row: Row
  read: (version: number, value: string, begun: number, ended: number) => string
  write: (mark: string | null, process: string | null, begun: number) => (outcome: Outcome, ended: number) => string
} {
  const row = new Row(first, 0, troubled)
  return {
    row,
    read: (version, value, begun, ended) => told(row.read({ version, value }, during(begun, ended))),
    write(mark, process, begun) {
      const made = row.begin(mark, process, begun)
      return (outcome, ended) => told(row.end(made, ended, outcome, null))
    },
  }
}

function told(finding: Finding): string {
  if (finding.is === 'violation') return finding.kind
  return finding.is === 'excused' ? `excused: ${finding.because}` : 'fine'
}

describe('reads of a row', () => {
  it('may show the old or the new value while a write is under way', () => {
    const { read, write } = rowWith()
    const end = write('second', 'a', 10)
    expect(read(1, 'first', 11, 12)).toBe('fine')
    expect(read(2, 'second', 11, 13)).toBe('fine')
    expect(read(1, 'first', 12, 14), 'begun before the new value was seen').toBe('fine')
    expect(end('done', 20)).toBe('fine')
    expect(read(2, 'second', 21, 22)).toBe('fine')
  })

  it('are STALE where they show what an answered write has replaced', () => {
    const { read, write } = rowWith()
    write('second', 'a', 10)('done', 20)
    expect(read(1, 'first', 19, 25), 'begun before the answer').toBe('fine')
    expect(read(1, 'first', 21, 22)).toBe('STALE')
  })

  it('are STALE behind what an outside write was delivered as, too', () => {
    const { row, read } = rowWith()
    row.begin('second', null, 5)
    row.delivered({ version: 2, value: 'second' }, 10)
    expect(read(1, 'first', 11, 12)).toBe('STALE')
  })

  it.each<Outcome>(['pending', 'unknown', 'refused'])('promise nothing after a write that is %s', (outcome) => {
    const { read, write } = rowWith()
    write('second', 'a', 10)(outcome, 20)
    expect(read(1, 'first', 21, 22)).toBe('fine')
  })

  it('go BACK IN TIME where an earlier read had shown more', () => {
    const { read, write } = rowWith()
    write('second', 'a', 10)
    expect(read(2, 'second', 11, 12)).toBe('fine')
    expect(read(1, 'first', 13, 14)).toBe('BACK IN TIME')
  })

  it('are excused from that only where a hold may be missing', () => {
    const backBehind = (process: string | null, troubled: () => boolean, at: number): string => {
      const { read, write } = rowWith(troubled)
      write('second', process, 10)
      read(2, 'second', 11, 12)
      return read(1, 'first', at, at + 1)
    }
    expect(backBehind(null, calm, 13)).toBe('excused: a write from outside')
    expect(backBehind('a', () => true, 13)).toBe('excused: a fault that holds may not have outlived')
    expect(backBehind('a', calm, 1200)).toBe('excused: a hold that may have run out')
    expect(backBehind('a', calm, 900)).toBe('BACK IN TIME')
  })

  it('are never excused from being STALE', () => {
    const { read, write } = rowWith(() => true)
    write('second', null, 10)('done', 20)
    expect(read(1, 'first', 21, 22)).toBe('STALE')
  })

  it('show a WRONG VALUE where nobody wrote it, or where the version has another one', () => {
    const { read, write } = rowWith()
    write('second', 'a', 10)
    expect(read(2, 'invented', 11, 12)).toBe('WRONG VALUE')
    expect(read(1, 'second', 11, 12)).toBe('WRONG VALUE')
  })

  it('count the answered writes where those have no marks', () => {
    const { read, write } = rowWith()
    const [one, two] = [write(null, 'a', 10), write(null, 'b', 10)]
    one('done', 20)
    two('done', 21)
    expect(read(2, 'one of two', 22, 23)).toBe('STALE')
    expect(read(3, 'both', 22, 23)).toBe('fine')
  })

  it('include what the answer of a write shows', () => {
    const { row } = rowWith()
    const made = row.begin('second', 'a', 10)
    expect(told(row.end(made, 20, 'done', first))).toBe('STALE')
  })
})

describe('a slot', () => {
  it('may be as before or as changed while its change is under way, and only as changed once that was answered', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    expect(slot.candidates(during(5, 9))).toEqual(['old'])
    expect(slot.candidates(during(11, 12))).toEqual(['old', 'new'])
    slot.end('done', 20)
    expect(slot.candidates(during(19, 30))).toEqual(['old', 'new'])
    expect(slot.candidates(during(21, 30))).toEqual(['new'])
  })

  it('may be either for as long as nobody knows, until it is settled', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    slot.end('unknown', 20)
    expect(slot.settled).toBe(false)
    expect(slot.candidates(during(100, 101))).toEqual(['old', 'new'])
    slot.settle('new', 200)
    expect(slot.candidates(during(201, 202))).toEqual(['new'])
  })

  it('stays as it was where a change was refused', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    slot.end('refused', 20)
    expect(slot.candidates(during(21, 22))).toEqual(['old'])
  })
})

describe('reads of an entry of a slot', () => {
  const show = (slot: Slot<string>, entry: string, shown: string, begun: number, troubled: Troubled = calm): string =>
    slot.read(entry, during(begun, begun + 1), (state) => state === shown, troubled)

  it('go back in time where an earlier read of the same entry had shown more', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    expect(['old', 'new', 'old'].map((shown, i) => show(slot, 'one', shown, 11 + 2 * i))).toEqual([
      'fine',
      'fine',
      'back in time',
    ])
    expect(show(slot, 'another', 'old', 20)).toBe('fine')
  })

  it('are fine where they began before an earlier one had ended', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    expect(slot.read('one', during(11, 13), (state) => state === 'new', calm)).toBe('fine')
    expect(slot.read('one', during(12, 20), (state) => state === 'old', calm)).toBe('fine')
  })

  it('are excused from that where the change may not have been held', () => {
    const outside = new Slot('old', 0)
    outside.begin('new', 10, null)
    expect(['new', 'old'].map((shown, i) => show(outside, 'one', shown, 11 + 2 * i))).toEqual([
      'fine',
      'a write from outside',
    ])
    const inTrouble = new Slot('old', 0)
    inTrouble.begin('new', 10, 'a')
    show(inTrouble, 'one', 'new', 11)
    expect(show(inTrouble, 'one', 'old', 13, (process) => process === 'a')).toBe(
      'a fault that holds may not have outlived',
    )
    expect(show(inTrouble, 'one', 'old', 13, (process) => process === 'b')).toBe('back in time')
    expect(show(inTrouble, 'one', 'old', 1200)).toBe('a hold that may have run out')
  })

  it('are impossible where no state fits', () => {
    const slot = new Slot('old', 0)
    slot.begin('new', 10, 'a')
    slot.end('done', 20)
    expect(show(slot, 'one', 'old', 21)).toBe('impossible')
  })
})

describe('a list', () => {
  const slots = (): Map<string, Slot<number | null>> =>
    new Map([1, 2, 3].map((place) => [`p${place}`, new Slot<number | null>(place, 0)]))
  const judged = (members: ReturnType<typeof slots>, listed: string[], more: Partial<ListRead<number | null>> = {}) =>
    judgeList(members, {
      interval: during(50, 60),
      listed,
      totalCount: listed.length,
      isMember: [(state) => state !== null],
      orderBy: Number,
      ...more,
    }).map(({ kind }) => kind)

  it('is fine as it is, and in every state between while members change', () => {
    expect(judged(slots(), ['p1', 'p2', 'p3'])).toEqual([])
    const changing = slots()
    changing.get('p2')?.begin(null, 55, 'a')
    expect(judged(changing, ['p1', 'p2', 'p3'])).toEqual([])
    expect(judged(changing, ['p1', 'p3'])).toEqual([])
    changing.get('p1')?.begin(9, 55, 'a')
    expect(judged(changing, ['p3', 'p1'])).toEqual([])
  })

  it('shows a MISSING MEMBER, an EXTRA MEMBER, a WRONG COUNT, a WRONG ORDER', () => {
    expect(judged(slots(), ['p1', 'p3'], { totalCount: 3 })).toEqual(['MISSING MEMBER'])
    expect(judged(slots(), ['p1', 'p2', 'p3'], { totalCount: 2 })).toEqual(['WRONG COUNT'])
    expect(judged(slots(), ['p2', 'p1', 'p3'])).toEqual(['WRONG ORDER'])
    expect(judged(slots(), ['p1', 'p2', 'p3', 'p3'], { totalCount: 3 })).toEqual(['EXTRA MEMBER'])
    expect(judged(slots(), ['p1', 'p2', 'p3', 'p4'], { totalCount: 3 })).toEqual(['EXTRA MEMBER'])
    const gone = slots()
    gone.get('p2')?.begin(null, 10, 'a')
    gone.get('p2')?.end('done', 20)
    expect(judged(gone, ['p1', 'p2', 'p3'], { totalCount: 2 })).toEqual(['EXTRA MEMBER'])
  })

  it('is judged under every circumstance that may have been', () => {
    const isMember = [(state: number | null) => state !== null, () => false]
    expect(judged(slots(), [], { isMember })).toEqual([])
    expect(judged(slots(), ['p1', 'p2', 'p3'], { isMember })).toEqual([])
  })

  it('adds up to nothing but what its slots can', () => {
    const changing = slots()
    changing.get('p3')?.begin(5, 55, 'a')
    const sums = (shown: number): string[] =>
      judgeSum(changing, during(50, 60), shown, 'the sum', Number).map(({ kind }) => kind)
    expect([6, 8].flatMap(sums)).toEqual([])
    expect([5, 9].flatMap(sums)).toEqual(['WRONG SUM', 'WRONG SUM'])
  })
})

describe('a counter', () => {
  it('lies between what was surely added and what may have been', () => {
    const { row } = rowWith()
    const counter = new Counter(100)
    const add = (delta: number, begun: number): ReturnType<Row['begin']> => {
      const write = row.begin(null, 'a', begun)
      counter.begin(delta, write)
      return write
    }
    const done = add(5, 10)
    expect(counter.bounds(during(11, 12))).toEqual({ least: 100, most: 105 })
    row.end(done, 20, 'done', null)
    row.end(add(-3, 21), 22, 'unknown', null)
    row.end(add(50, 23), 24, 'refused', null)
    expect(counter.bounds(during(30, 31))).toEqual({ least: 102, most: 105 })
    expect(counter.bounds(during(15, 16)), 'begun before the answer').toEqual({ least: 100, most: 105 })
  })
})

describe('the judge', () => {
  it('counts reads, and tells what led to a violation', () => {
    const judge = new Judge(calm, () => {})
    judge.addRow('Product:1', first, 0)
    const write = judge.row('Product:1').begin('second', 'a', 10)
    judge.history.note('Product:1', 10, 'write of second')
    judge.row('Product:1').end(write, 20, 'done', null)
    judge.readRow('Product:1', first, { interval: during(21, 22), process: 'b' })
    judge.readRow('Product:1', { version: 2, value: 'second' }, { interval: during(23, 24), process: 'b' })
    expect(judge.reads).toBe(2)
    expect(judge.violations).toMatchObject([{ kind: 'STALE', what: 'Product:1', process: 'b' }])
    expect(judge.violations[0]?.timeline.join('\n')).toContain('write of second')
  })

  it('takes a lookup for wrong that fits no state', () => {
    const judge = new Judge(calm, () => {})
    const slot = new Slot<string | null>(null, 0)
    const lookUp = (shown: string | null, begun: number): void =>
      judge.readLookup('by slug', 'shelf', slot, { interval: during(begun, begun + 1), process: 'a' }, (state) => {
        return state === shown
      })
    lookUp(null, 5)
    slot.begin('there', 10, 'a')
    lookUp(null, 11)
    lookUp('there', 12)
    expect(judge.violationCount).toBe(0)
    lookUp(null, 14)
    slot.end('done', 20)
    lookUp(null, 21)
    expect(judge.violations).toMatchObject([{ kind: 'BACK IN TIME' }, { kind: 'WRONG LOOKUP' }])
  })
})
