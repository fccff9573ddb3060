import { isText, noAnswer } from './redis-replies.ts'
import { sealed } from './sealed-script.ts'

/** The most changes that Redis remembers; a process that missed more begins with nothing. */
export const mostChanges = 2000

/**
 * # Why what a process holds of a shared store is as fresh as the store
 *
 * A process keeps copies of the values that it has read. They would be worth nothing if it had to fetch them again to know
 * whether they still stand, and wrong if it were told of changes at some later time. So it asks, once for each request:
 * "what has changed since I asked last?" Whatever was held or evicted before that question is in its answer, so no copy
 * of it is used after that. Copies of everything else stand: a value is replaced only by way of a hold or an eviction,
 * or by a reader that finds it invalid (of another shape or generation) and loads it anew. Nothing that it
 * was made of has changed then, and whoever still finds it valid may go on with a copy.
 *
 * Every hold and every eviction therefore counts up and puts its key at the head of a list, in the same atomic step in which
 * it takes the value away. The two of them are left out where the key is held already: since it is, nobody has read a value
 * there. The list is of limited length. Where it does not reach back far enough, or the count or the list was lost to
 * memory pressure, the answer is that nobody knows, and everything is given up. A lost count begins anew at random, between
 * one and 2^48: no process takes the new one for a continuation of its own.
 *
 * What was read by the same step is as of the same moment. A copy lives no longer than its entry does.
 *
 * Keys: the life, the count, the list, the trust key, and those that are wanted. Arguments: whether the trust key is needed,
 * and the count that the caller knows, or nothing. The answer: the life; whether somebody vouches for the server; the
 * count; the keys that have changed, or false where nobody knows; each value; its time to live in ms.
 */
export const look = sealed(`#!lua flags=no-writes
local call = redis.call
local count = redis.pcall('GET', KEYS[2])
local now = type(count) == 'string' and tonumber(count)
local since, changed = tonumber(ARGV[2]), false
if now and since then
  local missed = now - since
  if missed == 0 then
    changed = {}
  elseif missed > 0 then
    local list = redis.pcall('LRANGE', KEYS[3], 0, missed - 1)
    if not list.err and #list == missed then changed = list end
  end
end
local values, lifetimes = {}, {}
for from = 5, #KEYS, 1000 do
  for i, value in ipairs(call('MGET', unpack(KEYS, from, math.min(from + 999, #KEYS)))) do
    local at = from - 5 + i
    values[at] = value
    lifetimes[at] = value and call('PTTL', KEYS[at + 4]) or -2
  end
end
local vouched = ARGV[1] == '0' or call('EXISTS', KEYS[4]) == 1
return { redis.pcall('GET', KEYS[1]), vouched and 1 or 0, now and count, changed, values, lifetimes }`)

/**
 * What holds and evictions do before they take anything away, where there is a count to keep.
 * @param start of Lua: where a count begins that is not there
 */
export const recordChanges = `
local function record(changed, count_key, list_key, start)
  if not count_key or #changed == 0 then return end
  local count = redis.pcall('INCRBY', count_key, #changed)
  if type(count) == 'table' or count == #changed then redis.call('SET', count_key, start) end
  if type(redis.pcall('LPUSH', list_key, unpack(changed))) == 'table' then redis.call('DEL', list_key) end
  redis.call('LTRIM', list_key, 0, ${mostChanges - 1})
end
`

/** A random place for a count to begin. */
export function newCount(): number {
  return 1 + Math.floor(Math.random() * 2 ** 48)
}

/** What the script answers. */
export interface Look {
  readonly values: readonly (string | null)[]
  /** In ms; negative where there is none. */
  readonly lifetimes: readonly number[]
  /** The stored form of the life; to whoever asks a node, the life itself, and null where it may not be trusted. */
  readonly life: string | null
  readonly isVouchedFor: boolean
  /** Null where Redis has lost it. */
  readonly count: number | null
  /** Null where nobody knows. */
  readonly changed: readonly string[] | null
}

/** @throws where it is not what the script answers, for so many keys */
export function lookReply(reply: unknown, keys: number): Look {
  const [life, vouched, count, changed, values, lifetimes] = Array.isArray(reply) ? (reply as readonly unknown[]) : []
  if (!isTexts(values) || values.length !== keys || !isText(life) || !isText(count)) throw noAnswer()
  return {
    values,
    lifetimes: lifetimes as readonly number[],
    life,
    isVouchedFor: vouched === 1,
    count: count === null ? null : Number(count),
    changed: changed as readonly string[] | null,
  }
}

function isTexts(value: unknown): value is readonly (string | null)[] {
  return Array.isArray(value) && value.every(isText)
}
