"""When a call is tried again, and after how long."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retries:
    """How often and how patiently a repeatable call is tried; all times in seconds."""

    attempts: int = 4
    first_pause: float = 0.5
    longest_pause: float = 8
    # A longer Retry-After puts the work back in the queue instead of holding a worker.
    longest_retry_after: float = 20

    def pause(self, attempt: int, retry_after: float | None) -> float | None:
        """Seconds to wait after failed attempt number `attempt` (from 1); None: give up now.

        Jitter keeps workers that failed together from coming back together.
        """
        if attempt >= self.attempts:
            return None
        if retry_after is not None and retry_after > self.longest_retry_after:
            return None
        backoff = min(self.first_pause * 2.0 ** (attempt - 1), self.longest_pause)
        jittered = backoff * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards no secret
        return max(jittered, retry_after or 0.0)


def retry_after_seconds(header: str | None) -> float | None:
    """Seconds that a Retry-After header (number or HTTP date) asks for, None where it is none."""
    if not header:
        return None
    if header.strip().isdigit():
        return float(header.strip()[:9])
    try:
        moment = parsedate_to_datetime(header)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
