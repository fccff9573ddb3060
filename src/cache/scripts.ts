import { decode, encode } from './codec.ts'
import { newCount, recordChange } from './look-script.ts'
import { absent, type AcquireOutcome, type State } from './state.ts'
import { sealed, type SealedScript } from './sealed-script.ts'
import type { Outcomes, Transition } from './store.ts'

/**
 * The protocol's transitions in Lua: one script each, one key each, time from Redis. Each is a translation of the function
 * of the same name in state.ts, and a test holds the two together.
 */
interface Script extends SealedScript {
  readonly args: (transition: Transition) => (string | number)[]
}

// What a script begins with that must succeed when Redis is full, since it frees memory or takes next to none.
const allowOom = '#!lua flags=allow-oom\n'

// What every script begins with: the stored form, and for a hold its living holders.
const prelude = `
local raw = redis.pcall('GET', KEYS[1])
if type(raw) == 'table' then raw = false end -- not a string, so not ours
local mark = raw and string.sub(raw, 1, 1) or ''
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local holders, latest = {}, 0
if mark == '!' then
  for writer, deadline in string.gmatch(raw, '([^!,:]+):(%d+)') do
    if tonumber(deadline) > now then
      holders[writer] = deadline
      latest = math.max(latest, tonumber(deadline))
    end
  end
  if latest == 0 then raw, mark = false, '' end
elseif mark ~= '=' and mark ~= '?' then
  raw, mark = false, ''
end
local function write_hold()
  local parts, last = {}, 0
  for writer, deadline in pairs(holders) do
    parts[#parts + 1] = writer .. ':' .. deadline
    last = math.max(last, tonumber(deadline))
  end
  if #parts == 0 then
    redis.call('DEL', KEYS[1])
  else
    redis.call('SET', KEYS[1], '!' .. table.concat(parts, ','), 'PX', last - now)
  end
end
`

export const scripts: Readonly<Record<Transition['do'], Script>> = {
  acquire: script(
    '#!lua\n',
    `if mark == '!' then return '!' end
     if mark == '?' or (mark == '=' and string.sub(raw, 2, 23) ~= ARGV[2]) then return raw end
     redis.call('SET', KEYS[1], '?' .. ARGV[1], 'PX', ARGV[3])
     return 'granted'`,
    (t) => (t.do === 'acquire' ? [t.token, t.outdated, t.leaseMs] : []),
  ),
  fill: script(
    '#!lua\n',
    `if raw ~= '?' .. ARGV[1] then return 0 end
     redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
     return 1`,
    (t) => (t.do === 'fill' ? [t.lease, encode(t.value) ?? '', t.ttlMs] : []),
  ),
  release: script(
    '#!lua\n',
    `if raw ~= '?' .. ARGV[1] then return 0 end
     redis.call('DEL', KEYS[1])
     return 1`,
    (t) => (t.do === 'release' ? [t.lease] : []),
  ),
  mint: script(
    '#!lua\n',
    `if raw then return raw end
     redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
     return ARGV[1]`,
    (t) => (t.do === 'mint' ? [encode(t.value) ?? '', t.ttlMs] : []),
  ),
  hold: script(
    allowOom,
    `${recordChange}
     holders[ARGV[2]] = string.format('%.0f', now + ARGV[3])
     write_hold()
     return 1`,
    (t) => (t.do === 'hold' ? [newCount(), t.writer, t.holdMs] : []),
  ),
  evict: script(
    allowOom,
    `${recordChange}
     if mark == '' then
       redis.call('DEL', KEYS[1])
       return 0
     end
     if mark ~= '!' then
       redis.call('DEL', KEYS[1])
       return 1
     end
     local removed = holders[ARGV[2]] and 1 or 0
     holders[ARGV[2]] = nil
     write_hold()
     return removed`,
    (t) => (t.do === 'evict' ? [newCount(), t.writer ?? ''] : []),
  ),
}

/** Replaces the life of the data, unless somebody else has since: the first argument is how the one seen began. */
export const replaceLife = {
  source: `#!lua
local raw = redis.call('GET', KEYS[1])
if raw and (ARGV[1] == '' or string.sub(raw, 1, #ARGV[1]) ~= ARGV[1]) then return raw end
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]`,
}

/** What a script's reply means. @throws where it is not one of ours */
export function outcomeOf(transition: Transition, reply: unknown): Outcomes[Transition['do']] {
  switch (transition.do) {
    case 'acquire':
      return acquireOutcome(String(reply))
    case 'mint':
      return decoded(String(reply))
    case 'hold':
      return true
    case 'fill':
    case 'release':
    case 'evict':
      return reply === 1
  }
}

function acquireOutcome(reply: string): AcquireOutcome {
  if (reply === 'granted') return { is: 'granted' }
  if (reply === '!') return { is: 'hold' }
  const state = decoded(reply)
  if (state.is === 'value') return { is: 'value', value: state }
  if (state.is === 'lease') return { is: 'lease', token: state.token }
  throw unexpected(reply)
}

function decoded(reply: string): State {
  const state = decode(reply)
  if (state === null || state === absent) throw unexpected(reply)
  return state
}

function unexpected(reply: string): Error {
  return new Error(`the store answered with something that is not Larder's: ${JSON.stringify(reply.slice(0, 80))}`)
}

function script(header: string, body: string, args: Script['args']): Script {
  return { ...sealed(header + prelude + body), args }
}
