"""Lengths of time in words, and round distances between the marks of a time axis."""

from datetime import timedelta

_STEPS = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200),
    *(86400, 172800, 604800, 1209600, 2592000, 7776000),
)


def lasting(seconds: float) -> str:
    """ "12 s", "3 min 5 s", "2 h 10 min", "1 d 4 h": the two largest units."""
    whole = max(round(seconds), 0)
    for size, unit, less, below in (
        (86400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // less
            return f"{whole // size} {unit}" + (f" {rest} {below}" if rest else "")
    return f"{whole} s" if whole or not seconds else "under 1 s"


def seconds_of(span: timedelta) -> float:
    """The seconds of a span, never below zero: a clock may have been set back."""
    return max(span.total_seconds(), 0)


def time_step(seconds: float, about: int = 6) -> int:
    """A round number of seconds that parts `seconds` into `about` pieces or fewer."""
    wanted = seconds / about
    return next((step for step in _STEPS if step >= wanted), _STEPS[-1])
