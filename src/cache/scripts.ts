import { createHash } from 'node:crypto'
import { decode, encode, tokenLength } from './codec.ts'
import { absent, type AcquireOutcome, type State } from './state.ts'
import type { Outcomes, Transition } from './store.ts'

/**
 * The protocol's transitions in Lua: one script each, one key each, time from Redis. Each is a translation of the function
 * of the same name in state.ts, and a test holds the two together.
 */
interface Script {
  readonly source: string
  readonly sha: string
  readonly args: (transition: Transition) => (string | number)[]
}

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

// A hold and an eviction free memory or take next to none: they must succeed when Redis is full.
const allowOom = '#!lua flags=allow-oom\n'

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
    `holders[ARGV[1]] = string.format('%.0f', now + ARGV[2])
     write_hold()
     return 1`,
    (t) => (t.do === 'hold' ? [t.writer, t.holdMs] : []),
  ),
  evict: script(
    allowOom,
    `if mark == '' then
       redis.call('DEL', KEYS[1])
       return 0
     end
     if mark ~= '!' then
       redis.call('DEL', KEYS[1])
       return 1
     end
     local removed = holders[ARGV[1]] and 1 or 0
     holders[ARGV[1]] = nil
     write_hold()
     return removed`,
    (t) => (t.do === 'evict' ? [t.writer ?? ''] : []),
  ),
}

/**
 * Whether a finished response stands: it does if it was built in the life that the reader knows and that still lasts, and
 * if each key that it was built from holds the very filling that was read. All of it is looked at in one step, so what is
 * served is what was stored at one moment: a reader that begins now could not find anything newer in the store. A write
 * that holds or has evicted any of those keys has replaced the filling, which never comes back, since its token is random;
 * so a response can be stored however late, and does no harm.
 *
 * Keys: the response, the life, and where it is needed the trust key. Argument: the life. It writes nothing, and yet does
 * not say so: a server that has become a replica then refuses to run it.
 */
export const standing = sealed(`${allowOom}
local raw = redis.call('GET', KEYS[1])
if not raw then return false end
local line = string.find(raw, '\\n', 1, true)
local parts = cjson.decode(string.sub(raw, 1, line - 1))
local get = redis.call
local last = ${tokenLength}
if parts[1] ~= ARGV[1] or get('GETRANGE', KEYS[2], 0, last) ~= '=' .. ARGV[1] then return false end
if KEYS[3] and get('EXISTS', KEYS[3]) == 0 then return false end
for i = 2, #parts, 2 do
  if get('GETRANGE', parts[i], 0, last) ~= '=' .. parts[i + 1] then return false end
end
return string.sub(raw, line + 1)`)

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

function sealed(source: string): Pick<Script, 'source' | 'sha'> {
  return { source, sha: createHash('sha1').update(source).digest('hex') }
}
