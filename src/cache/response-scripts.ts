import { tokenLength } from './codec.ts'
import { allowOom, sealed } from './sealed-script.ts'

/**
 * # Why a kept response is as fresh as the entries it was built from
 *
 * A response is kept with the key of every entry and generation that was read for it, and the token of the filling that
 * was read. In one atomic step Redis looks whether each of those keys holds that very filling, in the life that the reader
 * knows and that still lasts. If so, reading all of them at this moment would find just what the response was built from.
 * A write that has held or evicted one of them has replaced its filling, and a filling never comes back, since tokens are
 * random: so a response cannot be kept too late, after a write. It expires when the first of them does.
 *
 * To look at a hundred keys takes Redis as long as twenty commands, and most of the time nothing has changed since it was
 * last done. So every hold and every eviction, of whatever key, leaves a new random token under one key, that of the last
 * change, in the same step; and a response that was found to stand takes down the token of that moment. While the two are
 * equal, no write has begun or ended since, and it stands without another look. Where the token is lost to memory pressure
 * a new one takes its place, which equals none that was taken down.
 *
 * The stored form: the life and the last change of the moment when it was last found to stand; how long the body is, in
 * eight digits; the body; and, as JSON, each key and its token, which are seldom looked at.
 *
 * Both scripts begin with the keys of the life, the last change and the trust key, and with these arguments: the life,
 * whether the trust key is needed, and a token for the last change where there is none. A server that has become a replica
 * refuses to run them, since they may write.
 */
const prelude = `${allowOom}
local call, size = redis.call, ${tokenLength}
local function token_of(key) return call('GETRANGE', key, 1, size) end
local lives = token_of(KEYS[1]) == ARGV[1] and (ARGV[2] == '0' or call('EXISTS', KEYS[3]) == 1)
local change = call('GET', KEYS[2])
if not change then
  change = ARGV[3]
  call('SET', KEYS[2], change)
end
local function stand(parts)
  for i = 1, #parts, 2 do
    if token_of(parts[i]) ~= parts[i + 1] then return false end
  end
  return true
end
`

/** The bodies of those responses that stand. Keys: the responses. */
export const serve = sealed(`${prelude}
local from = 2 * size + 8
local function body_of(key)
  local head = lives and call('GETRANGE', key, 0, from - 1)
  if not head or string.sub(head, 1, size) ~= ARGV[1] then return false end
  local to = from + tonumber(string.sub(head, 2 * size + 1))
  if string.sub(head, size + 1, 2 * size) ~= change then
    if not stand(cjson.decode(call('GETRANGE', key, to, -1))) then return false end
    call('SETRANGE', key, size, change)
  end
  return call('GETRANGE', key, from, to - 1)
end
local bodies = {}
for i = 4, #KEYS do bodies[i - 3] = body_of(KEYS[i]) end
return bodies`)

/** Keeps a response that stands. Key: the response. Arguments: its time to live in ms, its keys and tokens, its body. */
export const keep = sealed(`${prelude}
local parts, left = cjson.decode(ARGV[5]), tonumber(ARGV[4])
if not lives or not stand(parts) then return 0 end
for i = 1, #parts, 2 do
  local each = call('PTTL', parts[i])
  if each >= 0 and each < left then left = each end
end
if left < 1 then return 0 end
call('SET', KEYS[4], ARGV[1] .. change .. string.format('%08d', #ARGV[6]) .. ARGV[6] .. ARGV[5], 'PX', left)
return 1`)
