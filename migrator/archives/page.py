"""Write the archive's index.html: it opens offline and explains the archive without the product.

Facts and counts only. The page quotes no document, which is why a finding's examples stay in
inspection.json.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from migrator.archives import page_breakdowns, page_tables, page_worksheets, restore_steps
from migrator.archives.contents import Contents
from migrator.archives.damage import describe_file
from migrator.archives.graph import contents_picture, drawing
from migrator.formats.findings import CATALOGUE, describe
from migrator.formats.inspection import Finding
from migrator.formats.wording import NOTHING

MARKS = {"error": "✖", "warning": "⚠", "note": "ℹ"}


@dataclass(frozen=True)
class FoundOnPage:
    """A finding in the catalogue's words."""

    level: str
    mark: str
    title: str
    meaning: str
    remedy: str


def render(contents: Contents, sizes: Mapping[str, int], hashes: Mapping[str, str]) -> str:
    """The page as text; `sizes` (bytes) and `hashes` are those of the payload, by name."""
    workspace, inspection = contents.workspace, contents.inspection
    files = [
        restore_steps.LinkedFile(name, describe_file(name)[0], f"{sizes[name]:,}", hashes[name])
        for name in hashes
    ]
    return _template().render(
        name=contents.workspace_name,
        created_at=page_tables.moment(contents.created_at.isoformat()),
        instance=(workspace.get("instance") or {}).get("name"),
        files=files,
        counts=page_tables.count_table(inspection),
        cannot_move=workspace.get("cannot_move"),
        not_looked_at=page_tables.NOT_LOOKED_AT,
        findings=_findings(inspection),
        types=contents_picture(contents),
        drawing=drawing,
        breakdowns=page_breakdowns.breakdown_tables(inspection),
        facts=_facts(workspace),
        worksheets=[page_worksheets.shown(sheet) for sheet in contents.worksheets],
        steps=restore_steps.steps(workspace, files),
    )


def _facts(workspace: Mapping[str, Any]) -> list[page_tables.Table]:
    return [
        page_tables.facts_table(workspace),
        *(page_tables.listed_table(workspace, section) for section in page_tables.LISTED),
        page_tables.task_table(workspace),
        page_tables.model_table(workspace),
    ]


def _findings(inspection: Mapping[str, Any]) -> list[FoundOnPage]:
    order = list(MARKS)
    found = [_in_words(finding) for finding in inspection.get("findings") or []]
    return sorted(found, key=lambda one: order.index(one.level))


def _in_words(finding: Mapping[str, Any]) -> FoundOnPage:
    code, count = str(finding["code"]), int(finding["count"])
    level = str(finding["level"])
    if code not in CATALOGUE:
        return FoundOnPage(level, MARKS[level], f"{code} ({count:,})", "", "")
    title, meaning, remedy = describe(Finding(code, level, count, []))
    return FoundOnPage(level, MARKS[level], title, meaning, "" if remedy == NOTHING else remedy)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    environment.filters["slug"] = lambda text: re.sub(r"[^a-z]+", "-", text.lower())
    return environment.get_template("index.html.jinja")
