"""The support bundle of a run: what happened, for somebody who may not see what was migrated.

No secret, no document text, no person's name: rows are copied column by column from a list of what
may leave, examples of findings are left out, and every text goes through the redaction.
"""

import json
import platform
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from migrator import __version__
from migrator.formats.zip_writer import ZipWriter
from migrator.models import Event, Instance, LedgerEntry, PlanItem, Run, Step
from migrator.services import audit
from migrator.services.permissions import requires
from migrator.services.redaction import PERSON, SECRET, Redaction, redaction_for

PACKAGES = ("celery", "Django", "djangorestframework", "gunicorn", "redis", "requests")
STEP_COLUMNS = (
    *("id", "item_id", "kind", "stage", "performer", "status", "outcome", "needs", "attempts"),
    *("created_at", "started_at", "claimed_at", "beat_at", "not_before", "sent_at", "finished_at"),
    *("superseded_at", "done", "total", "unit", "warnings", "answer"),
    *("problem", "problem_meaning", "problem_remedy", "problem_reference"),
)
LEDGER_COLUMNS = ("id", "step_id", "kind", "source_id", "target_id", "created_at")
EVENT_COLUMNS = ("id", "step_id", "at", "level", "text")
# Of what a step found: numbers and ids of the service.
FACTS = ("workspace_id", "existing", "tokenizer", "parts", "documents_before")

README = """\
Support bundle of run {}, Knowledge Studio Migrator {}.

run.json       the run, its instances and how their connections answered
steps.jsonl    every step, one a line, replaced ones too
ledger.jsonl   what the run noted as created on the target
events.jsonl   the log, one line each, oldest first; log.txt is the same to read
versions.json  of the product, Python, the database and the libraries
settings.json  what differs between servers, as far as it is no secret

Left out on purpose: credentials and keys, document texts and examples of findings, and the names
of people ({} stands for one, {} for what looked like a secret). Names of workspaces,
dictionaries and document sets are inside: read it before you send it.
"""


class _Pieces:
    """A sink that keeps what was written until it is taken."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def write(self, piece: bytes, /) -> None:
        """Keep it."""
        self._kept.append(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        piece, self._kept = b"".join(self._kept), []
        return piece


@requires("migrator.start_run")
def bundle(run: Run, *, user: User | None) -> Iterator[bytes]:
    """The ZIP in pieces; `run` comes with its state."""
    audit.record(user, "run.support_bundle", run)
    clean = redaction_for(run)
    sink = _Pieces()
    with ZipWriter(sink) as packed:
        for name, lines in _files(run, clean):
            packed.add(name, (line.encode() for line in lines))
            yield sink.taken()
    yield sink.taken()


def _files(run: Run, clean: Redaction) -> Iterator[tuple[str, Iterable[str]]]:
    intro = README.format(run.pk, __version__, PERSON, SECRET)
    yield "README.txt", [intro]
    yield "run.json", [_json(clean.value(_run(run)), indent=2)]
    yield "steps.jsonl", _lines(clean, map(_step, run.steps.order_by("pk").iterator()))
    ledger = LedgerEntry.objects.filter(step__run=run).order_by("pk")
    yield "ledger.jsonl", _lines(clean, ledger.values(*LEDGER_COLUMNS).iterator())
    events = Event.objects.filter(run=run).order_by("pk")
    yield "events.jsonl", _lines(clean, events.values(*EVENT_COLUMNS).iterator())
    yield "log.txt", (clean.text(_log_line(event)) for event in events.iterator())
    yield "versions.json", [_json(_versions(), indent=2)]
    yield "settings.json", [_json(clean.value(_settings()), indent=2)]


def _lines(clean: Redaction, rows: Iterable[Any]) -> Iterator[str]:
    return (_json(clean.value(row)) + "\n" for row in rows)


def _json(found: Any, indent: int | None = None) -> str:
    return json.dumps(found, cls=DjangoJSONEncoder, ensure_ascii=False, indent=indent)


def _run(run: Run) -> dict[str, Any]:
    columns = ("id", "kind", "started_at", "finished_at", "pause_asked_at", "cancel_asked_at")
    items = PlanItem.everything.filter(steps__run=run).distinct()
    return {
        **{name: getattr(run, name) for name in columns},
        "state": run.state.label,
        "started_by": f"user {run.started_by_id}" if run.started_by_id else "command line",
        "steps": {name: n for name, n in vars(run).items() if name.startswith("steps_")},
        "items": [{"id": item.pk, "name": item.name} for item in items],
        "source": _instance(run.plan.source),
        "target": _instance(run.plan.target),
    }


def _instance(instance: Instance | None) -> dict[str, Any] | None:
    if instance is None:
        return None
    return {
        **{name: getattr(instance, name) for name in ("id", "kind", "connection", "tested_at")},
        "host": urlsplit(instance.address).hostname,
        "connector_enabled": instance.connector_enabled,
        "credential": instance.credential.kind if instance.credential else None,
        "own_profile": bool(instance.profile_file),
        "answers": instance.answers,
    }


def _step(step: Step) -> dict[str, Any]:
    inspection = step.facts.get("inspection", {})
    found = [
        {name: finding.get(name) for name in ("code", "level", "count")}
        for finding in inspection.get("findings", [])
    ]
    return {
        **{name: getattr(step, name) for name in STEP_COLUMNS},
        "facts": {name: step.facts[name] for name in FACTS if name in step.facts},
        "counts": inspection.get("counts", {}),
        "findings": found,
    }


def _log_line(event: Event) -> str:
    step = f" step {event.step_id}" if event.step_id else ""
    return f"{event.at:%Y-%m-%d %H:%M:%S} {event.level:<7}{step}  {event.text}\n"


def _versions() -> dict[str, str]:
    found = {
        "product": __version__,
        "python": sys.version,
        "platform": platform.platform(),
        "database": connection.vendor,
        "sqlite": sqlite3.sqlite_version,
    }
    return found | {name.lower(): metadata.version(name) for name in PACKAGES}


def _settings() -> dict[str, Any]:
    return {
        "debug": settings.DEBUG,
        "instance_hosts": settings.INSTANCE_HOSTS,
        "time_zone": settings.TIME_ZONE,
        "database": settings.DATABASES["default"]["ENGINE"],
        "broker": urlsplit(settings.REDIS_URL).scheme,
        "storage": settings.STORAGES["default"]["BACKEND"],
        "credential_keys": len(settings.CREDENTIAL_KEYS),
    }
