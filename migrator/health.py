"""Whether the parts that the site needs answer: database, broker, worker, storage."""

import logging
import os
from collections.abc import Callable
from pathlib import Path

import redis
from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from migrator.celery import app
from migrator.errors import StorageAway, StorageRefuses

logger = logging.getLogger(__name__)

BROKER_SECONDS = 1.0
WORKER_SECONDS = 1.5
FAILURES = (redis.RedisError, OperationalError, OSError, StorageAway, StorageRefuses)


def database_answers() -> bool:
    """True when a query comes back; the connection's own time-out is in the settings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def broker_answers() -> bool:
    """True when the broker answers a PING within BROKER_SECONDS."""
    with redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
        retry=None,
    ) as client:
        return bool(client.ping())


def worker_answers() -> bool:
    """True when at least one worker answers a ping within WORKER_SECONDS."""
    return bool(app.control.broadcast("ping", reply=True, timeout=WORKER_SECONDS, limit=1))


def storage_answers() -> bool:
    """True when archives can be stored: the bucket is there, or the folder can be written."""
    if not isinstance(default_storage, FileSystemStorage):
        return bool(default_storage.answers())  # type: ignore[attr-defined]
    folder = Path(default_storage.path(""))
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when this host can serve, else 503: `{"status", "database", "broker", "storage"}`.

    Of this host's own needs alone: a load balancer does not take it out for a worker elsewhere.
    """
    return _told(
        database=_state(database_answers),
        broker=_state(broker_answers),
        storage=_state(storage_answers),
    )


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all three answer, else 503: `{"status", "database", "broker", "worker"}`."""
    parts = {"database": _state(database_answers), "broker": _state(broker_answers)}
    # The question to the worker travels through the broker and would wait for it in vain.
    parts["worker"] = _state(worker_answers) if parts["broker"] == "ok" else "not asked"
    return _told(**parts)


def _told(**parts: str) -> JsonResponse:
    healthy = all(state == "ok" for state in parts.values())
    status = "ok" if healthy else "unavailable"
    return JsonResponse({"status": status, **parts}, status=200 if healthy else 503)


def _state(answers: Callable[[], bool]) -> str:
    try:
        return "ok" if answers() else "no answer"
    except (*FAILURES, DatabaseError):
        logger.warning("health: %s failed", answers.__name__, exc_info=True)
        return "no answer"
