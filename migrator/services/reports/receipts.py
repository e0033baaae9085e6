"""A receipt as a report: what its PDF says, all of it from what was signed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from migrator.models import Receipt
from migrator.pictures.report import Listed, Report, Section
from migrator.pictures.table import Cell, table

_STATES = {"green": "Held", "by_name": "Accepted", "red": "Accepted", "unknown": "Accepted"}
Said = Mapping[str, Any]


def receipt_report(receipt: Receipt, *, made_by: str) -> Report:
    """The whole receipt; one of an earlier version has less on it."""
    said: Said = receipt.content
    return Report(
        title=f"Receipt {receipt.pk}: {receipt.workspace_name}",
        verdict="Every condition held" if receipt.is_green else "Accepted by name",
        made_by=made_by,
        made_at=timezone.now(),
        product=str(said.get("product", "Knowledge Studio Migrator")),
        facts=_facts(receipt, said),
        sections=[one for one in _sections(said) if one.said or one.facts or one.tables],
    )


def _facts(receipt: Receipt, said: Said) -> list[tuple[str, str]]:
    source, target = said.get("workspace") or {}, said.get("target") or {}
    pairs = [
        ("Source workspace", receipt.workspace_name),
        ("Source workspace id", receipt.workspace_id),
        ("Source instance", receipt.instance_name),
        ("Source address", source.get("address")),
        ("Target workspace", target.get("workspace")),
        ("Target workspace id", target.get("workspace_id")),
        ("Target instance", target.get("instance")),
        ("Target address", target.get("address")),
        ("Plan", (said.get("plan") or {}).get("name")),
        ("Signed by", f"{receipt.signed_name} (account {receipt.account})"),
        ("Signed", _at(receipt.signed_at.isoformat())),
        ("SHA-256 of the JSON file", receipt.sha256),
    ]
    return [(name, str(value)) for name, value in pairs if value]


def _sections(said: Said) -> list[Section]:
    archive = said.get("archive") or {}
    names = {"file": "File", "bytes": "Bytes", "sha256": "SHA-256"}
    facts = [(label, str(archive[key])) for key, label in names.items() if archive.get(key)]
    times = {"created": "Made", "read_back": "Last read back"}
    facts += [(label, _at(archive[key])) for key, label in times.items() if archive.get(key)]
    return [
        Section("Conditions", [str(said.get("statement", ""))], tables=_conditions(said)),
        Section("Archive", facts=facts),
        Section("What stays behind", _unknown(said), tables=_losses(said)),
        Section("Waived and accepted", tables=_accepted(said)),
        Section("Deployed models that stay on purpose", tables=_kept(said)),
    ]


def _conditions(said: Said) -> list[Listed]:
    rows: list[list[Cell]] = [
        [
            one["title"],
            _STATES.get(one["state"], one["state"]),
            one["found"],
            _at(one.get("seen")),
            _by(one.get("accepted")),
        ]
        for one in said.get("conditions", [])
    ]
    return _listed("Each condition", ["Condition", "State", "Found", "Seen", "Accepted"], rows)


def _unknown(said: Said) -> list[str]:
    unknown = said.get("not_known_to_stay_behind") or []
    return [f"Nobody knew whether this stays behind: {'; '.join(unknown)}."] if unknown else []


def _losses(said: Said) -> list[Listed]:
    rows: list[list[Cell]] = [
        [
            one["kind"].replace("_", " ").capitalize(),
            " ".join(filter(None, [one["name"], f"({one['note']})" if one["note"] else ""])),
            one["became"],
            one["taken_care_of_by"] or "",
        ]
        for one in said.get("stays_behind", [])
    ]
    columns = ["Kind", "What", "What became of it", "Taken care of by"]
    return _listed("The loss list", columns, rows)


def _accepted(said: Said) -> list[Listed]:
    sheets: list[list[Cell]] = [
        [one["worksheet"], _by(one)] for one in said.get("waived_worksheets", [])
    ]
    findings: list[list[Cell]] = [
        [one["check"], one["found"], _by(one)] for one in said.get("accepted_findings", [])
    ]
    return [
        *_listed("Waived worksheets", ["Worksheet", "Waived"], sheets),
        *_listed("Accepted findings", ["Check", "Found", "Accepted"], findings),
    ]


def _kept(said: Said) -> list[Listed]:
    rows: list[list[Cell]] = [
        [one["model_id"], one["service"], one["version"], f"{one['reason']} ({one['decided_by']})"]
        for one in (said.get("deployed_models") or {}).get("kept", [])
    ]
    return _listed("Models", ["Model id", "Service", "Version", "Why"], rows)


def _listed(title: str, columns: Iterable[str], rows: list[list[Cell]]) -> list[Listed]:
    return [Listed(title, table(list(columns), rows))] if rows else []


def _by(one: Said | None) -> str:
    """By whom, when and why; "" where nobody had to."""
    if not one:
        return ""
    who = " ".join(filter(None, [one.get("by"), _at(one.get("at"))]))
    return f"{who}: {one['reason']}" if one.get("reason") else who


def _at(noted: str | None) -> str:
    """A noted time with its zone: 2026-11-12 14:02 UTC."""
    if not noted:
        return ""
    return f"{timezone.localtime(datetime.fromisoformat(noted)):%Y-%m-%d %H:%M %Z}"
