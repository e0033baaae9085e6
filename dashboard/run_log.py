"""The log of a run, page by page: by keys, since counting a long log costs more than showing it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from dashboard.states import Look, of_level
from migrator.models import Event, Run

LINES = 50


@dataclass(frozen=True)
class Log:
    """One page of the log, newest line first."""

    lines: list[tuple[Event, Look]]
    problems_only: bool
    # The query that shows older lines; empty on the last page.
    older: str
    is_newest: bool

    @property
    def newest(self) -> int:
        """The key of the first line shown; 0 where there is none."""
        return self.lines[0][0].pk if self.lines else 0

    @property
    def query(self) -> str:
        """The query of the newest page with the same filter."""
        return urlencode({"level": "problems"}) if self.problems_only else ""


def log_of(run: Run, query: QueryDict) -> Log:
    """The page that `level` and `before` (a line's key) ask for."""
    problems = query.get("level") == "problems"
    rows = Event.objects.filter(run=run).order_by("-pk")
    if problems:
        rows = rows.exclude(level=Event.Level.NOTE)
    before = query.get("before", "")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: LINES + 1])
    shown = found[:LINES]
    asked = {"level": "problems"} if problems else {}
    older = urlencode({**asked, "before": shown[-1].pk}) if len(found) > LINES else ""
    lines = [(event, of_level(event.level)) for event in shown]
    return Log(lines, problems, older, is_newest=not before)
