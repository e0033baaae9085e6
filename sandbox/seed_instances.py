"""The instances of every sandbox: `source` and `target` on IBM Cloud, `cp4d` on Cloud Pak."""

import secrets
import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

from sandbox.access import open_session

_NAMESPACE = uuid.UUID("6f1d2a52-6d8e-5e0f-9a3c-6b1f5d0a7c11")
ADMIN = "admin@example.com"
PEOPLE = (
    (ADMIN, "Administrator", "Admin"),
    ("project.manager@example.com", "Project manager", "Project manager"),
    ("annotator.1@example.com", "First annotator", "Human annotator"),
    ("annotator.2@example.com", "Second annotator", "Human annotator"),
    ("annotator.3@example.com", "Third annotator", "Human annotator"),
)
SIGNED_IN_MS = 1_762_000_000_000  # some day in November 2025


@dataclass(frozen=True)
class Seeded:
    """One instance to make."""

    name: str
    kind: str  # cloud or cp4d
    path: str
    region: str
    people: int  # how many of PEOPLE are its users


def fixed_id(*words: str) -> str:
    """An id that is the same in every sandbox, so that tests and people recognise it."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(words)))


INSTANCES = (
    Seeded(
        "source",
        "cloud",
        f"/knowledge-studio/tools/app/us-south/{fixed_id('tenant', 'source')}",
        "us-south",
        people=5,
    ),
    Seeded(
        "target",
        "cloud",
        f"/knowledge-studio/tools/app/eu-de/{fixed_id('tenant', 'target')}",
        "eu-de",
        people=2,
    ),
    Seeded("cp4d", "cp4d", "/knowledge-studio/4.7.0/instances/1700000000000001/tooling", "", 2),
)


def seed_instances(db: sqlite3.Connection) -> None:
    """Make all instances with their users, services and credentials."""
    for each in INSTANCES:
        account = fixed_id("account", each.name).replace("-", "")
        db.execute(
            "INSERT INTO instances VALUES (?, ?, ?, ?, ?, ?, 'premium')",
            (each.name, each.kind, each.path, fixed_id("tool", each.name), account, each.region),
        )
        db.executemany(
            "INSERT INTO users VALUES (?, ?, ?, ?, 'ACTIVE', ?)",
            [(each.name, *person, SIGNED_IN_MS) for person in PEOPLE[: each.people]],
        )
        if each.kind == "cp4d":
            login = (account, ADMIN, secrets.token_urlsafe(32), secrets.token_urlsafe(16))
            db.execute("INSERT INTO logins VALUES (?, ?, ?, ?)", login)
        else:
            _seed_services(db, each, account)


def _seed_services(db: sqlite3.Connection, each: Seeded, account: str) -> None:
    db.execute("INSERT INTO api_keys VALUES (?, ?, ?, '')", (_api_key(), account, ADMIN))
    open_session(db, each.name, ADMIN)
    for kind in ("natural-language-understanding", "discovery"):
        guid = fixed_id(kind, each.name)
        name = f"{kind} of {each.name}"
        db.execute(
            "INSERT INTO services VALUES (?, ?, ?, ?, ?)", (guid, kind, name, account, each.name)
        )
        db.execute("INSERT INTO api_keys VALUES (?, ?, ?, ?)", (_api_key(), account, ADMIN, guid))
    project = fixed_id("project", each.name)
    db.execute(
        "INSERT INTO discovery_projects VALUES (?, ?, 'Documents', 'document_retrieval')",
        (project, guid),
    )
    db.execute(
        "INSERT INTO discovery_collections VALUES (?, ?, 'Collection')",
        (fixed_id("collection", each.name), project),
    )


def _api_key() -> str:
    return secrets.token_urlsafe(33)


def configuration(db: sqlite3.Connection, base: str) -> dict[str, Any]:
    """Addresses and credentials of all instances: what a client needs to connect to them."""
    found = db.execute("SELECT * FROM instances ORDER BY rowid").fetchall()
    return {"instances": [_instance(db, base, row) for row in found]}


def _instance(db: sqlite3.Connection, base: str, row: sqlite3.Row) -> dict[str, Any]:
    shape = {"name": row["name"], "kind": row["kind"], "address": base + row["path"]}
    if row["kind"] == "cp4d":
        login = db.execute("SELECT * FROM logins WHERE account = ?", (row["account"],)).fetchone()
        credential = {"kind": "cp4d", "username": login["username"], "api_key": login["api_key"]}
        empty = {"iam_url": "", "nlu_url": "", "nlu_credential": None}
        return {**shape, "credential": credential, "cp4d_url": f"{base}/cpd", **empty}
    nlu = _service(db, base, row, "natural-language-understanding")
    discovery = _service(db, base, row, "discovery")
    session = db.execute(
        "SELECT xsrf_token, dpat FROM sessions WHERE instance = ? AND NOT lost", (row["name"],)
    ).fetchone()
    return {
        **shape,
        "credential": _key(db, row["account"], ""),
        "session_credential": {"kind": "session", **dict(session)} if session else None,
        "iam_url": f"{base}/iam",
        "cp4d_url": "",
        "nlu_url": nlu["url"],
        "nlu_credential": nlu["credential"],
        "discovery_url": discovery["url"],
        "discovery_credential": discovery["credential"],
        "resource_controller_url": f"{base}/resource-controller",
    }


def _service(db: sqlite3.Connection, base: str, row: sqlite3.Row, kind: str) -> dict[str, Any]:
    guid = db.execute(
        "SELECT guid FROM services WHERE instance = ? AND kind = ?", (row["name"], kind)
    ).fetchone()["guid"]
    url = f"{base}/{kind}/instances/{guid}"
    return {"url": url, "credential": _key(db, row["account"], guid)}


def _key(db: sqlite3.Connection, account: str, service: str) -> dict[str, str]:
    found = db.execute(
        "SELECT key FROM api_keys WHERE account = ? AND service = ?", (account, service)
    ).fetchone()
    return {"kind": "apikey", "apikey": found["key"]}
