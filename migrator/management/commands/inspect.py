"""`inspect PATH…`: what these files are, what they hold, and what is wrong with them."""

import textwrap
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from migrator.archives.page_tables import count_table
from migrator.formats.errors import FormatError, StatedError
from migrator.formats.findings import CATALOGUE, describe
from migrator.formats.inspect import inspect
from migrator.formats.inspection import Finding, InspectedFile, Inspection, Occurrence, shown
from migrator.formats.kinds import Kind
from migrator.formats.recognize import recognize
from migrator.formats.wording import NOTHING
from migrator.management.answers import AnsweringCommand, table
from migrator.management.bundles import NamedFile, open_bundle
from migrator.management.keys import add_key_arguments, key_from

ERRORS_FOUND = 1
NOT_READABLE = 2
LINE_WIDTH = 88  # characters; sentences are broken there
MOST_EXAMPLES = 3  # of a finding; `--json` gives more

KINDS = {
    Kind.CORPUS: "corpus",
    Kind.TYPE_SYSTEM: "type system",
    Kind.DICTIONARIES: "dictionaries",
    Kind.DICTIONARY: "dictionary",
    Kind.DOCUMENTS: "documents without annotations",
    Kind.ARCHIVE: "backup archive",
    Kind.UNKNOWN: "not recognised",
}


class Command(AnsweringCommand):
    """Exit code 0: readable without errors. 1: errors found. 2: not readable or not recognised."""

    help = "Inspect export files, folders or archives: kinds, counts, findings."
    failure_code = NOT_READABLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The paths; those of one workspace together are checked against each other."""
        super().add_arguments(parser)
        parser.add_argument(
            "paths", nargs="+", type=Path, metavar="PATH", help="a file, a folder or an archive"
        )
        parser.add_argument(
            "--all",
            action="store_true",
            help="list every place of every finding (--json always gives the first 10)",
        )
        add_key_arguments(parser)

    def answer(self, **options: Any) -> int:
        """Inspect, say what was found, and return the exit code."""
        self.paths: list[Path] = options["paths"]
        sink = self._say_occurrence if options["all"] else None
        with open_bundle(self.paths, key_from(options)) as files:
            with self.progress("Inspecting", "documents") as progress:
                found = inspect([file.path for file in files], progress=progress, sink=sink)
            names = _names(files)
            if self.as_json:
                self.say_json(_document(found, names))
            else:
                self._say_findings(found, names)
        return _exit_code(found)

    def failure_document(self, error: StatedError) -> dict[str, Any]:
        """The usual document with nothing counted: which of the files is not what it should be."""
        files = [{"path": str(path), "kind": _kind(path), "counts": {}} for path in self.paths]
        return {"files": files, "counts": {}, "findings": []}

    def _say_occurrence(self, found: Occurrence) -> None:
        parts = (CATALOGUE[found.code].title, found.document, found.detail)
        self.say(": ".join(shown(part) for part in parts if part))

    def _say_findings(self, found: Inspection, names: dict[str, str]) -> None:
        for file in found.files:
            self._say_file(file, names)
        self.say()
        if any(found.counts.values()):
            for line in ["Counts", *table(_count_rows(found)), ""]:
                self.say(line)
        for finding in found.findings:
            self._say_finding(finding)
        self.say(_summary(found))

    def _say_file(self, file: InspectedFile, names: dict[str, str]) -> None:
        self.say(f"{names.get(str(file.path), file.path)}: {KINDS[Kind(file.kind)]}")
        if file.kind == Kind.UNKNOWN:
            for line in _wrapped(file.sentence):
                self.say(line)

    def _say_finding(self, finding: Finding) -> None:
        title, meaning, remedy = describe(finding)
        sentences = [meaning, "" if remedy == NOTHING else remedy]
        if finding.examples:
            sentences.append(f"For example: {'; '.join(finding.examples[:MOST_EXAMPLES])}")
        self.say(f"{finding.level.capitalize()}: {title}")
        for sentence in filter(None, sentences):
            for line in _wrapped(sentence):
                self.say(line)
        self.say()


def _count_rows(found: Inspection) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in count_table({"counts": found.counts}).rows]


def _names(files: Iterable[NamedFile]) -> dict[str, str]:
    return {str(file.path): file.shown for file in files}


def _document(found: Inspection, names: dict[str, str]) -> dict[str, Any]:
    document = found.to_json_dict()
    files = [
        {
            "path": names.get(str(file["path"]), str(file["path"])),
            "kind": file["kind"],
            "counts": file["counts"],
        }
        for file in document["files"]
    ]
    return {"files": files, "counts": document["counts"], "findings": document["findings"]}


def _kind(path: Path) -> str:
    try:
        return str(recognize(path).kind)
    except (FormatError, OSError):
        return str(Kind.UNKNOWN)


def _exit_code(found: Inspection) -> int:
    if any(file.kind == Kind.UNKNOWN for file in found.files):
        return NOT_READABLE
    return ERRORS_FOUND if any(one.level == "error" for one in found.findings) else 0


def _summary(found: Inspection) -> str:
    levels = [one.level for one in found.findings]
    if not levels:
        return "Nothing unusual was found."
    kinds = [("error", "errors"), ("warning", "warnings"), ("note", "notes")]
    said = [
        f"{levels.count(one)} {one if levels.count(one) == 1 else several}"
        for one, several in kinds
    ]
    return f"Kinds of findings: {', '.join(said)}."


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(
        sentence, LINE_WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
    )
