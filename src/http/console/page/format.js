const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})

export const none = '–'

export const timeOf = (at) => clock.format(at)

export function countOf(number) {
  if (number === null || number === undefined) return none
  if (number < 10_000) return Math.round(number).toLocaleString('en')
  return Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(number)
}

/** A rate: two digits that matter, no more. */
export function rateOf(perSecond) {
  if (perSecond === null) return none
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : countOf(perSecond)
}

/** 100 % is said of a whole alone. */
export function percentOf(part, whole) {
  if (whole === 0 || part === null) return none
  const percent = (100 * part) / whole
  return part === whole ? '100' : Math.min(percent, 99.9).toFixed(1)
}

export function millisecondsOf(ms) {
  if (ms === null || ms === undefined) return none
  if (ms < 9.95) return ms.toFixed(1)
  return countOf(ms)
}

/** A length of time for people: 412 ms, 8.1 s, 24 min. */
export function durationOf(ms) {
  if (ms === null || ms === undefined) return none
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
  return `${(ms / 3_600_000).toFixed(1)} h`
}

export function sizeOf(bytes) {
  if (bytes === null || bytes === undefined) return [none, '']
  const units = ['B', 'kB', 'MB', 'GB']
  let [size, unit] = [bytes, 0]
  while (size >= 1000 && unit < 3) [size, unit] = [size / 1024, unit + 1]
  return [unit === 0 || size >= 100 ? String(Math.round(size)) : size.toFixed(1), units[unit]]
}
