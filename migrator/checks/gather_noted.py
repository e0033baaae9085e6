"""What people wrote into the worksheets of workspaces that nobody listed; two queries."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from migrator.checks.facts import MemberFacts, Noted, TaskFacts, TaskSetFacts
from migrator.models import Worksheet, WorksheetRow

_K = Worksheet.Kind
_KINDS = (_K.TASKS, _K.READ_ONLY, _K.MAPPINGS, _K.ROLES, _K.RULES)
# The cells of one line.
Cells = dict[str, Any]


def noted_by_item(items: Sequence[int]) -> dict[int, Noted]:
    """By item; a worksheet that is neither filled in nor settled says nothing."""
    sheets = Worksheet.objects.filter(item__in=items, kind__in=_KINDS)
    rows: dict[int, list[Cells]] = defaultdict(list)
    lines = WorksheetRow.objects.filter(worksheet__in=sheets).exclude(
        change=WorksheetRow.Change.GONE
    )
    for sheet, cells in lines.values_list("worksheet", "cells"):
        rows[sheet].append(cells)
    found: dict[int, dict[str, list[Cells]]] = defaultdict(dict)
    waived: dict[int, list[str]] = defaultdict(list)
    for pk, item, kind, state in sheets.values_list("pk", "item", "kind", "state"):
        if rows[pk] or state != Worksheet.State.OPEN:
            found[item][kind] = rows[pk]
        if state == Worksheet.State.WAIVED:
            waived[item].append(kind)
    return {item: _noted(kinds, sorted(waived[item])) for item, kinds in found.items()}


def _noted(kinds: dict[str, list[Cells]], waived: list[str]) -> Noted:
    tasks, roles = kinds.get(_K.TASKS), kinds.get(_K.ROLES)
    read_only, mappings = kinds.get(_K.READ_ONLY), kinds.get(_K.MAPPINGS)
    rules = kinds.get(_K.RULES)
    return Noted(
        tasks=None if tasks is None else _tasks(tasks),
        read_only=None if read_only is None else tuple(_text(c, "dictionary") for c in read_only),
        mappings=None
        if mappings is None
        else tuple((_text(c, "dictionary"), _text(c, "entity_type")) for c in mappings),
        members=None if roles is None else tuple(_member(cells) for cells in roles),
        rules=None
        if rules is None
        else tuple(f"{_text(cells, 'sort')} {_text(cells, 'name')}" for cells in rules),
        waived=tuple(waived),
    )


def _tasks(lines: list[Cells]) -> tuple[TaskFacts, ...]:
    ordered = sorted(lines, key=lambda cells: (_text(cells, "task"), _text(cells, "set")))
    return tuple(
        TaskFacts(name=name, state="", sets=tuple(_set(cells) for cells in sets))
        for name, sets in groupby(ordered, key=lambda cells: _text(cells, "task"))
    )


def _set(cells: Cells) -> TaskSetFacts:
    name = _text(cells, "set")
    return TaskSetFacts(
        id=name,
        name=name,
        annotator=_text(cells, "annotator"),
        documents=_number(cells, "documents"),
        annotated=_number(cells, "annotated"),
        state=_text(cells, "state"),
    )


def _member(cells: Cells) -> MemberFacts:
    return MemberFacts(
        user_id=_text(cells, "user"), name=_text(cells, "name"), role=_text(cells, "role")
    )


def _text(cells: Cells, column: str) -> str:
    return str(cells.get(column, ""))


def _number(cells: Cells, column: str) -> int | None:
    value = cells.get(column)
    return value if isinstance(value, int) else None
