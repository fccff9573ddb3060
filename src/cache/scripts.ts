import { decode, encode } from './codec.ts'
import { newCount, recordChanges } from './look-script.ts'
import { absent, type AcquireOutcome, type State } from './state.ts'
import { sealed, type SealedScript } from './sealed-script.ts'
import type { Outcomes, Transition } from './store.ts'

/**
 * The protocol's transitions in Lua: one script each, time from Redis. Each is a translation of the function of the same
 * name in state.ts, and a test holds the two together. What readers do is done to one key; what a writer does, to all that are
 * given, so that a write costs Redis two scripts and not two for every key.
 */
interface Script extends SealedScript {
  /** @param keys how many keys there are to write */
  readonly args: (transition: Transition, keys: number) => (string | number)[]
}

// of characters, about a hundred holders
const longList = 4096

// What a script begins with that must succeed when Redis is full, since it frees memory or takes next to none.
const allowOom = '#!lua flags=allow-oom\n'

// What every script begins with: how to read the stored form of a key. A hold whose holders are all past their deadlines is
// none.
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function is_held(raw)
  for deadline in string.gmatch(raw, ':(%d+)') do
    if tonumber(deadline) > now then return true end
  end
end
local function read(key)
  local raw = redis.pcall('GET', key)
  if type(raw) ~= 'string' then return false, '' end -- nothing, or nothing of ours
  local mark = string.sub(raw, 1, 1)
  if mark == '=' or mark == '?' or (mark == '!' and is_held(raw)) then return raw, mark end
  return false, ''
end
`
const readOne = `local raw, mark = read(KEYS[1])
`

// What writers do: the first argument says where a count begins that is not there, the second how many keys there are to
// write. The count and the list of changes come after these, where there are any. Many writers may hold a group at once, so
// their list is cut and pasted, and taken apart only where it has grown long by holders that never came back.
const writerPrelude = `${recordChanges}
local keys, raws, marks, changed, outcomes = tonumber(ARGV[2]), {}, {}, {}, {}
for i = 1, keys do
  raws[i], marks[i] = read(KEYS[i])
  if marks[i] ~= '!' then changed[#changed + 1] = KEYS[i] end
end
record(changed, KEYS[keys + 1], KEYS[keys + 2], ARGV[1])
-- each holder with a comma before it, without one of them, and that one's deadline
local function without(raw, writer)
  local list = ',' .. string.sub(raw, 2)
  local from, to = string.find(list, ',' .. writer .. ':', 1, true)
  if not from then return list end
  local next = string.find(list, ',', to, true) or #list + 1
  return string.sub(list, 1, from - 1) .. string.sub(list, next), tonumber(string.sub(list, to + 1, next - 1))
end
local function living(list)
  if #list < ${longList} then return list end
  local parts = {}
  for holder, deadline in string.gmatch(list, '(,[^,:]+:)(%d+)') do
    if tonumber(deadline) > now then parts[#parts + 1] = holder .. deadline end
  end
  return table.concat(parts)
end
`

export const scripts: Readonly<Record<Transition['do'], Script>> = {
  acquire: script(
    '#!lua\n',
    `${readOne}
     if mark == '!' then return '!' end
     if mark == '?' or (mark == '=' and string.sub(raw, 2, 23) ~= ARGV[2]) then return raw end
     redis.call('SET', KEYS[1], '?' .. ARGV[1], 'PX', ARGV[3])
     return 'granted'`,
    (t) => (t.do === 'acquire' ? [t.token, t.outdated, t.leaseMs] : []),
  ),
  fill: script(
    '#!lua\n',
    `${readOne}
     if raw ~= '?' .. ARGV[1] then return 0 end
     redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
     return 1`,
    (t) => (t.do === 'fill' ? [t.lease, encode(t.value) ?? '', t.ttlMs] : []),
  ),
  release: script(
    '#!lua\n',
    `${readOne}
     if raw ~= '?' .. ARGV[1] then return 0 end
     redis.call('DEL', KEYS[1])
     return 1`,
    (t) => (t.do === 'release' ? [t.lease] : []),
  ),
  mint: script(
    '#!lua\n',
    `${readOne}
     if raw then return raw end
     redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
     return ARGV[1]`,
    (t) => (t.do === 'mint' ? [encode(t.value) ?? '', t.ttlMs] : []),
  ),
  hold: script(
    allowOom,
    `${writerPrelude}
     local own = ',' .. ARGV[3] .. ':' .. string.format('%.0f', now + ARGV[4])
     for i = 1, keys do
       local others, longest = '', 0
       if marks[i] == '!' then
         others, longest = living((without(raws[i], ARGV[3]))), redis.call('PTTL', KEYS[i])
       end
       redis.call('SET', KEYS[i], '!' .. string.sub(others .. own, 2), 'PX', math.max(longest, tonumber(ARGV[4])))
       outcomes[i] = 1
     end
     return outcomes`,
    (t, keys) => (t.do === 'hold' ? [newCount(), keys, t.writer, t.holdMs] : []),
  ),
  evict: script(
    allowOom,
    `${writerPrelude}
     for i = 1, keys do
       local others, own = '', nil
       outcomes[i] = marks[i] == '' and 0 or 1
       if marks[i] == '!' then
         others, own = without(raws[i], ARGV[3])
         outcomes[i] = own and own > now and 1 or 0
       end
       if others == '' then
         redis.call('DEL', KEYS[i])
       elseif own then
         redis.call('SET', KEYS[i], '!' .. string.sub(others, 2), 'KEEPTTL')
       end
     end
     return outcomes`,
    (t, keys) => (t.do === 'evict' ? [newCount(), keys, t.writer ?? ''] : []),
  ),
}

/** Replaces the life of the data, unless somebody else has since: the first argument is how the one seen began. */
export const replaceLife = {
  source: `${allowOom}local raw = redis.call('GET', KEYS[1])
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
