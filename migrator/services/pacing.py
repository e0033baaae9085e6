"""How often an instance is called: one pace for all workers, kept in the broker's memory.

Where no broker answers (a command in a terminal, say) each process keeps a pace of its own.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import cache

import redis
from django.conf import settings

from migrator.errors import TransientError
from migrator.models import Instance, ModelService

logger = logging.getLogger(__name__)

# Calls a second that Natural Language Understanding takes, over all its callers.
NLU_CALLS_PER_SECOND = 5
# Seconds that a call may wait here; what has to wait longer gives its worker back.
LONGEST_WAIT = 3.0
# Seconds until a broker that did not answer is asked again.
FORGET_BROKER = 10.0

# One key holds the moment (in microseconds) at which the next call would come at an even pace. A
# call may come up to BURST calls early. Answers the microseconds to wait, negative where that is
# longer than allowed: then nothing was taken. The broker's clock, so that hosts need not agree.
TAKE = """
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local pause, early, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
due = math.min(due, now + early + longest + pause)
local wait = math.max(due - early - now, 0)
if wait > longest then return -wait end
redis.call('SET', KEYS[1], string.format('%.0f', due + pause), 'PX', 3600000)
return wait
"""

_local: dict[str, float] = {}
_lock = threading.Lock()
_broker_silent_until = 0.0


class OutOfTurn(TransientError):
    """Too many calls wait for the same service; nothing was sent and nothing went wrong."""


def pace_of(instance: Instance) -> Callable[[], None]:
    """What to run before each call to `instance`; OutOfTurn where it would wait too long."""
    rate = settings.INSTANCE_CALLS_PER_SECOND
    return lambda: wait_for_turn(f"instance-{instance.pk}", rate, burst=rate)


def pace_of_models(service: ModelService) -> Callable[[], None]:
    """The same for an instance of Natural Language Understanding."""
    return lambda: wait_for_turn(f"models-{service.pk}", NLU_CALLS_PER_SECOND, burst=1)


def wait_for_turn(name: str, rate: float, *, burst: int) -> None:
    """Wait until one more call to `name` is due, at `rate` calls a second.

    `burst` calls may come at once after a rest. A rate of 0 is no limit.
    """
    if rate <= 0:
        return
    pause = 1 / rate
    early = (burst - 1) * pause
    seconds = _from_broker(name, pause, early)
    if seconds is None:
        seconds = _from_here(name, pause, early)
    if seconds < 0:
        raise OutOfTurn(
            "Many steps call the same instance, so this one gave way.",
            meaning="Nothing was sent and nothing changed.",
            remedy="It goes on by itself. INSTANCE_CALLS_PER_SECOND sets the pace.",
            retry_after=-seconds,
        )
    if seconds:
        time.sleep(seconds)


def _from_broker(name: str, pause: float, early: float) -> float | None:
    """Seconds to wait, negative where that is too long; None where no broker answers."""
    global _broker_silent_until  # noqa: PLW0603 - one memory for all threads of the process
    if time.monotonic() < _broker_silent_until:
        return None
    micro = [round(seconds * 1e6) for seconds in (pause, early, LONGEST_WAIT)]
    try:
        return float(_script(settings.REDIS_URL)(keys=[f"pace:{name}"], args=micro)) / 1e6
    except (redis.RedisError, OSError) as error:
        logger.info("The broker keeps no pace: %s", error)
        _broker_silent_until = time.monotonic() + FORGET_BROKER
        return None


@cache
def _script(url: str) -> Callable[..., int]:
    broker = redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1, retry=None)
    return broker.register_script(TAKE)


def _from_here(name: str, pause: float, early: float) -> float:
    with _lock:
        now = time.monotonic()
        due = max(_local.get(name, 0.0), now)
        wait = max(due - early - now, 0.0)
        if wait > LONGEST_WAIT:
            return -wait
        _local[name] = due + pause
        return wait
