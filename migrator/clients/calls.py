"""What a call is about, in words: the sentences for its failures are made of these."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from migrator.errors import TransientError


class Refusal(NamedTuple):
    """The sentences for one refusing answer of one call."""

    happened: str
    meaning: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Doing:
    """How to speak about one call.

    `words` completes "Could not …"; `changes` says whether the call changes something on the other
    side; `renew` is the remedy where the credential is no longer accepted; `refusals` are the
    sentences for answers by HTTP status, where the general ones would say too little.
    """

    service: str
    words: str
    changes: bool = False
    renew: str = "Store a new credential with the instance."
    refusals: Mapping[int, Refusal] = field(default_factory=dict)

    @property
    def unchanged(self) -> str:
        """What a refusal means for the data."""
        return "Nothing was changed there." if self.changes else "Nothing was read or changed."

    @property
    def unknown(self) -> str:
        """What silence means for the data: the other side may have done it all the same."""
        if self.changes:
            return f"Whether {self.service} has done it is not known; the next attempt looks first."
        return "Nothing was changed there."


class Unavailable(TransientError):
    """The other side did not answer, or answered that it cannot now.

    `http_status` is None where there was no whole answer; `not_sent` is True where no connection
    came about, so that even a create may be repeated.
    """

    http_status: int | None = None
    not_sent: bool = False
