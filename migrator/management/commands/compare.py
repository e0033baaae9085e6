"""`compare A B`: do these two hold the same?"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from migrator.archives.page_tables import COUNT_LABELS
from migrator.formats.compare import compare
from migrator.formats.differences import Comparison, Difference
from migrator.management.answers import AnsweringCommand
from migrator.management.bundles import open_bundle
from migrator.management.keys import add_key_arguments, key_from

DIFFERENT = 1
NOT_READABLE = 2
MOST_SHOWN = 20  # differences; `--all` shows every one


class Command(AnsweringCommand):
    """Exit code 0: identical. 1: differences. 2: not readable."""

    help = "Compare two exports by content: files, folders or archives."
    failure_code = NOT_READABLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The two sides, and whether each difference is said as it is found."""
        super().add_arguments(parser)
        parser.add_argument("left", type=Path, metavar="A", help="a file, a folder or an archive")
        parser.add_argument("right", type=Path, metavar="B", help="what to compare it with")
        parser.add_argument(
            "--all",
            action="store_true",
            help="list every difference (--json always gives the first 200)",
        )
        add_key_arguments(parser)

    def answer(self, **options: Any) -> int:
        """Compare, say what differs, and return the exit code."""
        sink = self._say_difference if options["all"] else None
        key = key_from(options)
        with (
            open_bundle([options["left"]], key) as left,
            open_bundle([options["right"]], key) as right,
            self.progress("Comparing", "documents") as progress,
        ):
            found = compare(
                [file.path for file in left],
                [file.path for file in right],
                progress=progress,
                sink=sink,
            )
        if self.as_json:
            self.say_json(found.to_json_dict())
        else:
            self._say_comparison(found, [] if options["all"] else found.examples[:MOST_SHOWN])
        return 0 if found.identical else DIFFERENT

    def _say_difference(self, difference: Difference) -> None:
        self.say(_line(difference))

    def _say_comparison(self, found: Comparison, examples: list[Difference]) -> None:
        for difference in examples:
            self._say_difference(difference)
        total = sum(found.totals.values())
        if examples and total > len(examples):
            self.say(f"  … and {total - len(examples):,} more; --all lists every one.")
        self.say()
        for line in _count_lines(found):
            self.say(line)
        self.say(f"\n{_verdict(found)}")


def _verdict(found: Comparison) -> str:
    if found.identical:
        return "Identical: no difference in content."
    kinds = (f"{number:,} × {kind.replace('_', ' ')}" for kind, number in found.totals.items())
    return f"Different: {', '.join(kinds)}."


def _count_lines(found: Comparison) -> list[str]:
    rows = [("", "A", "B")]
    for name, sides in found.compared.items():
        label = COUNT_LABELS.get(name, name.replace("_", " ").capitalize())
        rows.append((label, f"{sides[0]:,}", f"{sides[1]:,}"))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [
        f"  {label:<{widths[0]}}  {left:>{widths[1]}}  {right:>{widths[2]}}"
        for label, left, right in rows
    ]


def _line(difference: Difference) -> str:
    said = f"  {difference.kind.replace('_', ' ')}: {difference.subject}"
    for more in (difference.detail, difference.reason):
        said += f"; {more}" if more else ""
    if difference.kind.startswith("changed_") and (difference.left or difference.right):
        said += f" ({difference.left or '–'} → {difference.right or '–'})"
    return said
