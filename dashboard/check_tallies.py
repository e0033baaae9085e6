"""The tiles above the assessment: how many results there are of each kind."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dashboard.check_rows import CheckRow
from dashboard.check_states import ACCEPTED, STATE, State
from dashboard.states import Look


@dataclass(frozen=True)
class Tally:
    """One tile; `needs_somebody` where what it counts is to be dealt with."""

    look: Look
    count: int
    words: str
    needs_somebody: bool = False


def tallies(rows: Iterable[CheckRow]) -> list[Tally]:
    """What needs somebody first, then what does not."""
    counts: Counter[State] = Counter()
    open_ones: Counter[str] = Counter()
    accepted = 0
    for row in rows:
        open_ones.update(row.open_states)
        for (state, is_accepted), count in row.counts.items():
            if is_accepted:
                accepted += count
            else:
                counts[State(state)] += count
    return [
        *(
            Tally(STATE[state], counts[state], words, open_ones[state] > 0)
            for state, words in (
                (State.BLOCKING, "blocking"),
                (State.WARNING, "warnings to accept"),
                (State.COULD_NOT_CHECK, "could not be checked"),
            )
        ),
        Tally(ACCEPTED, accepted, "accepted by name"),
        Tally(STATE[State.NOTE], counts[State.NOTE], "notes"),
        Tally(STATE[State.PASSED], counts[State.PASSED], "passed"),
    ]
