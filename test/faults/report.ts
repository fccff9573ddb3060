import type { Totals } from './totals.ts'

/** The totals for people. */
export function report(totals: Totals): string {
  const { ms, reads, requests, served, readsBySort, writes, faults, violations, excused, oddities, rssMb } = totals
  const minutes = (ms / 60_000).toFixed(1)
  return [
    '',
    `${reads.toLocaleString('en')} reads judged in ${minutes} min (${requests.toLocaleString('en')} requests): ${listed(readsBySort)}`,
    `served      ${served.toLocaleString('en')} of those answers as kept responses, without being executed`,
    `writes      ${listed(writes)}`,
    `violations  ${violations}`,
    `excused     ${listed(excused)}`,
    `delivery    ${delivery(totals.deliveryMs)}`,
    `memory, MB  ${Object.keys(rssMb.atStart)
      .map((name) => `${name} ${rssMb.atStart[name] ?? '-'} -> ${rssMb.atEnd[name] ?? '-'}`)
      .join(', ')}`,
    ...(Object.keys(oddities).length === 0 ? [] : ['unexplained', ...lines(oddities)]),
    'faults, how often; requests meanwhile, failed, longest time without an answer from one process',
    ...unavailability(totals, faults),
  ].join('\n')
}

function unavailability({ unavailability: byFault }: Totals, faults: Totals['faults']): string[] {
  return Object.entries(byFault)
    .toSorted(([one], [two]) => (one < two ? -1 : 1))
    .map(([kind, { requests, failed, longestMs }]) => {
      const share = ((100 * failed) / Math.max(requests, 1)).toFixed(1)
      const often = String(faults[kind] ?? '').padStart(5)
      return `${often} ${kind.padEnd(40)} ${String(requests).padStart(8)} ${share.padStart(6)}% ${(longestMs / 1000).toFixed(1).padStart(6)} s`
    })
}

function delivery(ms: readonly number[]): string {
  if (ms.length === 0) return 'none'
  const sorted = ms.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0)
  return `${ms.length} writes from outside, from COMMIT to delivered: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms`
}

function listed(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count.toLocaleString('en')}`)
  return parts.length === 0 ? 'none' : parts.join(', ')
}

function lines(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([name, count]) => `${String(count).padStart(5)} ${name}`)
}
