"""One of several processes that write audit entries at the same time."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")
django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after the set-up

from migrator.services import audit  # noqa: E402


def note(count: int) -> None:
    """Write so many entries, each in a transaction of its own."""
    user = User.objects.get()
    for number in range(count):
        audit.record(user, "run.paused", user, number=number)


if __name__ == "__main__":
    note(int(sys.argv[1]))
