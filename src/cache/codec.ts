import { absent, type State, type Value } from './state.ts'

/** Characters of a token: 128 random bits in base64url. */
export const tokenLength = 22

/**
 * The stored form of a state, readable in redis-cli. The first character tells the state, and a value's token follows it
 * at once, so that a script can compare the token without reading the rest.
 *
 *     =<token> <stamps>\n<json>     value
 *     ?<token>                      lease
 *     !<writer>:<deadline>,...      hold
 *
 * @throws never: what is not ours decodes to null
 */
export function decode(raw: string | null): State | null {
  if (raw === null) return absent
  switch (raw[0]) {
    case '=':
      return decodeValue(raw)
    case '?':
      return raw.length === tokenLength + 1 ? { is: 'lease', token: raw.slice(1) } : null
    case '!':
      return decodeHold(raw)
    default:
      return null
  }
}

/** A stored form with these very stamps, told without decoding any other. */
export function decodeStamped(raw: string, stamps: string): Value | null {
  const at = tokenLength + 2
  const end = at + stamps.length
  if (raw[0] !== '=' || !raw.startsWith(stamps, at) || raw[end] !== '\n' || raw[at - 1] !== ' ') return null
  return { is: 'value', token: raw.slice(1, tokenLength + 1), stamps, json: raw.slice(end + 1) }
}

/** @returns null for a key that is to be deleted */
export function encode(state: State): string | null {
  switch (state.is) {
    case 'absent':
      return null
    case 'value':
      return `=${state.token} ${state.stamps}\n${state.json}`
    case 'lease':
      return `?${state.token}`
    case 'hold':
      return `!${[...state.holders].map(([writer, deadline]) => `${writer}:${deadline}`).join(',')}`
  }
}

function decodeValue(raw: string): Value | null {
  const end = raw.indexOf('\n')
  if (end < tokenLength + 2 || raw[tokenLength + 1] !== ' ') return null
  return {
    is: 'value',
    token: raw.slice(1, tokenLength + 1),
    stamps: raw.slice(tokenLength + 2, end),
    json: raw.slice(end + 1),
  }
}

function decodeHold(raw: string): State | null {
  const holders = new Map<string, number>()
  for (const part of raw.slice(1).split(',')) {
    const [writer, deadline] = part.split(':')
    if (writer === undefined || deadline === undefined || !/^[0-9]+$/.test(deadline)) return null
    holders.set(writer, Number(deadline))
  }
  return { is: 'hold', holders }
}
