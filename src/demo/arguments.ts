import { isIP } from 'node:net'
import { parseArgs } from 'node:util'

export interface DemoArguments {
  readonly url: string
  readonly minutes: number
  /** Requests a second. */
  readonly rate: number
}

const mostRate = 1000
const mostMinutes = 60

/** @throws where they are not understood, or name another machine without saying that this is meant */
export function readArguments(args: readonly string[]): DemoArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:4000' },
      minutes: { type: 'string', default: '2' },
      rate: { type: 'string', default: '150' },
      'other-machine': { type: 'boolean', default: false },
    },
  })
  const url = URL.canParse(values.url) ? new URL(values.url) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new Error(`--url takes an address such as http://127.0.0.1:4000, but received ${values.url}`)
  }
  if (!values['other-machine'] && !isLoopback(url.hostname)) {
    throw new Error(
      `${url.hostname} is another machine. The demo puts load on a server and changes its catalog for a while: add --other-machine if that is meant.`,
    )
  }
  return {
    url: url.origin,
    minutes: numberOf('--minutes', values.minutes, mostMinutes),
    rate: numberOf('--rate', values.rate, mostRate),
  }
}

function isLoopback(hostname: string): boolean {
  const address = hostname.replace(/^\[|\]$/g, '')
  return hostname === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'))
}

function numberOf(name: string, text: string, most: number): number {
  const number = /^[0-9]{1,4}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0
  if (number <= 0 || number > most) throw new Error(`${name} takes a number up to ${most}, but received ${text}`)
  return number
}
