import { tokenLength } from './codec.ts'
import { allowOom, sealed } from './sealed-script.ts'

/**
 * # Why a kept response is as fresh as the entries it was built from
 *
 * A response is kept with the key of every entry and generation that was read for it, and the token of the filling that
 * was read. In one atomic step Redis looks whether each of those keys holds that very filling, in the life that the reader
 * knows and that still lasts. If so, reading all of them at this moment would find just what the response was built from.
 * A write that has held or evicted one of them has replaced its filling, and a filling never comes back, since tokens are
 * random: so it does no harm to keep a response late, after a write.
 *
 * To look at a hundred keys takes Redis as long as twenty commands, and most of the time nothing has changed since it was
 * last done. So every hold and every eviction, of whatever key, leaves a new random token under one key, that of the last
 * change, in the same step; and a response that was found to stand takes down the token of that moment. While the two are
 * equal, no write has begun or ended since, and it stands without another look. A token that is lost to memory pressure
 * equals nothing.
 *
 * Keys: the life, the last change, the trust key, and the responses. Arguments: the life, whether the trust key is needed,
 * and a token for the last change where there is none. A server that has become a replica refuses to run it: it may write.
 */
export const standing = sealed(`${allowOom}
local call, size = redis.call, ${tokenLength}
local function token_of(key) return call('GETRANGE', key, 1, size) end
local lives = token_of(KEYS[1]) == ARGV[1] and (ARGV[2] == '0' or call('EXISTS', KEYS[3]) == 1)
local change = call('GET', KEYS[2])
if not change then
  change = ARGV[3]
  call('SET', KEYS[2], change)
end
local function stands(parts)
  if parts[1] ~= ARGV[1] then return false end
  for i = 2, #parts, 2 do
    if token_of(parts[i]) ~= parts[i + 1] then return false end
  end
  return true
end
local function body_of(key)
  local raw = lives and call('GET', key)
  if not raw then return false end
  local line = string.find(raw, '\\n', 1, true)
  if string.sub(raw, 1, 2 * size) ~= ARGV[1] .. change then
    if not stands(cjson.decode(string.sub(raw, 2 * size + 1, line - 1))) then return false end
    call('SETRANGE', key, 0, ARGV[1] .. change)
  end
  return string.sub(raw, line + 1)
end
local bodies = {}
for i = 4, #KEYS do bodies[i - 3] = body_of(KEYS[i]) end
return bodies`)

const neverLooked = '-'.repeat(2 * tokenLength)

/**
 * The stored form of a response: when it was last found to stand, as the life and the last change of that moment; on the
 * same line the life that it was built in, and each key with the token of its filling; then the body.
 */
export function encodeResponse(life: string, tokens: ReadonlyMap<string, string>, body: string): string {
  return `${neverLooked}${JSON.stringify([life, ...[...tokens].flat()])}\n${body}`
}
