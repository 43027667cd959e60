"""What is counted in Redis, each in one atomic script: windows of the last minute, and the credits that are left.

A window slides: it holds a count for each tenth of a second, and those of the last minute are the sum. What is refused
is not counted: who waits as told is let through.
"""

from functools import cache

import redis
from django.conf import settings

SLIDE = """
local function slide(key, now)
  local kept = redis.call('HMGET', key, 'total', 'oldest')
  local total, oldest = tonumber(kept[1]) or 0, tonumber(kept[2]) or now
  if oldest > now - 600 then return total, oldest end
  total, oldest = 0, now
  local all = redis.call('HGETALL', key)
  for place = 1, #all, 2 do
    local tenth = tonumber(all[place])
    if tenth and tenth <= now - 600 then
      redis.call('HDEL', key, all[place])
    elseif tenth then
      total = total + tonumber(all[place + 1])
      oldest = math.min(oldest, tenth)
    end
  end
  redis.call('HSET', key, 'total', total, 'oldest', oldest)
  return total, oldest
end
local function add(key, now, many, oldest)
  redis.call('HINCRBY', key, now, many)
  redis.call('HINCRBY', key, 'total', many)
  redis.call('HSET', key, 'oldest', math.min(oldest, now))
  redis.call('EXPIRE', key, 180)
end
"""

#: KEYS: the caller's window, its organization's window, last uses, the month's usage, the pool of credits.
#: ARGV: now in tenths of a second, how many, the caller's limit, the organization's, the key's name (empty: a person,
#: of whom no use is noted), the instant, and what each costs (0: nobody has to have it).
#: Answers: how many may go on, used and oldest tenth of both windows before, how many are paid for, what is left.
#: An enforced pool that is not known here answers an empty list, and nothing is counted.
COUNT = f"""{SLIDE}
local now, many, price = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[7])
local left = 0
if price > 0 then
  left = tonumber(redis.call('GET', KEYS[5]) or '')
  if not left then return {{}} end
end
local used, oldest = slide(KEYS[1], now)
local all_used, all_oldest = slide(KEYS[2], now)
local granted = math.max(0, math.min(many, tonumber(ARGV[3]) - used, tonumber(ARGV[4]) - all_used))
if granted > 0 then
  add(KEYS[1], now, granted, oldest)
  add(KEYS[2], now, granted, all_oldest)
end
if ARGV[5] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[5], ARGV[6])
  if redis.call('HINCRBY', KEYS[4], ARGV[5], many) == many then redis.call('EXPIRE', KEYS[4], 5356800) end
end
local paid = granted
if price > 0 then
  paid = math.max(0, math.min(granted, math.floor(left / price)))
  if paid > 0 then left = redis.call('DECRBY', KEYS[5], paid * price) end
end
return {{granted, used, oldest, all_used, all_oldest, paid, left}}
"""

#: KEYS: the window. ARGV: now, limit. Answers: whether it is within the limit (and counted then), used, oldest.
COUNT_ONE = f"""{SLIDE}
local now = tonumber(ARGV[1])
local used, oldest = slide(KEYS[1], now)
local within = used < tonumber(ARGV[2]) and 1 or 0
if within == 1 then add(KEYS[1], now, 1, oldest) end
return {{within, used, oldest}}
"""

#: Change a pool that is known; one that is not is worked out from the books of credits when it is needed.
CHANGE = "if redis.call('EXISTS', KEYS[1]) == 1 then return redis.call('INCRBY', KEYS[1], ARGV[1]) end"


@cache
def client() -> redis.Redis:
    """The process's connection pool; it gives up quickly, since nothing must wait for it."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5)


@cache
def script(text: str):
    """A script of this page, ready to be called with ``keys`` and ``args``."""
    return client().register_script(text)
