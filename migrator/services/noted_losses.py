"""What workspaces lose of which nobody but a person can tell: worksheets and answers."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from migrator.checks.gather import ASKED
from migrator.models import Worksheet
from migrator.services.loss_rows import ASKED_OF, LINE, Row

_K = Worksheet.Kind
# The worksheet that holds what stays behind, by the kind of the loss.
SHEETS: Mapping[str, str] = {
    "dictionary": _K.READ_ONLY,
    "mapping": _K.MAPPINGS,
    "rules": _K.RULES,
    "task": _K.TASKS,
    "roles": _K.ROLES,
}
_OF_SHEET = {sheet: kind for kind, sheet in SHEETS.items()}
# What somebody says *yes* to, and what it is called where no names were given.
_QUESTIONS: Mapping[str, tuple[str, str]] = {
    "deployed_models": ("model", "A deployed model"),
    "model_export": ("model", "A trained model"),
    "rule_based_model": ("rules", "A rule-based model"),
    "obscured_documents": ("preannotated", "Pre-annotated documents"),
    "read_only_dictionaries": ("dictionary", "A read-only dictionary"),
    "dictionary_mapping": ("mapping", "A mapped dictionary"),
    "work_in_progress": ("task", "Unfinished work"),
}
LONGEST_REF = 150  # characters; the key of an answer has 200


class Noted(NamedTuple):
    """One thing that somebody noted: of which item, what kind of loss, its id, name and note."""

    item: int
    kind: str
    ref: str
    name: str
    note: str


def noted_losses(rows: Iterable[Row]) -> list[Noted]:
    """What lines of worksheets name, and answers where no worksheet names any of the kind."""
    found = list(rows)
    lines = [_line(row) for row in found if row.kind == LINE]
    roles = Counter(one.item for one in lines if one.kind == "roles")
    named = [one for one in lines if one.kind != "roles"]
    counted = [Noted(item, "roles", "", "", str(count)) for item, count in roles.items()]
    written = {(one.item, one.kind) for one in lines}
    said = (one for row in found if row.kind == ASKED_OF for one in _said(row))
    return [*named, *counted, *(one for one in said if (one.item, one.kind) not in written)]


def answered(rows: Iterable[Row]) -> set[tuple[int, str]]:
    """Item and kind of what somebody answered, whatever the answer."""
    codes = ((row.owner, row.ref.removeprefix(ASKED)) for row in rows if row.kind == ASKED_OF)
    return {(item, _QUESTIONS[code][0]) for item, code in codes if code in _QUESTIONS}


def _line(row: Row) -> Noted:
    kind = _OF_SHEET[row.ref]
    note = row.note if kind != "dictionary" else ""
    return Noted(row.owner, kind, f"{row.name}/{row.note}"[:LONGEST_REF], row.name, note)


def _said(row: Row) -> Iterator[Noted]:
    code, answer = row.ref.removeprefix(ASKED), json.loads(row.name)
    if code not in _QUESTIONS or answer.get("value") != "yes":
        return
    kind, otherwise = _QUESTIONS[code]
    for name in answer.get("names") or [otherwise]:
        yield Noted(row.owner, kind, f"said/{name}"[:LONGEST_REF], name, "")
