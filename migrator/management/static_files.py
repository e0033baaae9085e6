"""Collecting the static files where they changed since: compressing them takes seconds."""

import hashlib
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# Says which files were collected; in their folder, so that it goes with them.
MARK = "collected"


def collect_static_files() -> bool:
    """Collect and compress what the pages load; False where that was done for the same files."""
    mark = settings.STATIC_ROOT / MARK
    found = _fingerprint()
    if mark.exists() and mark.read_text() == found:
        return False
    # Cleared, since a file that came with an older version may have a newer time.
    call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True, clear=True)
    mark.write_text(found)
    return True


def _fingerprint() -> str:
    """Names, sizes and times of all files, and what compresses them."""
    seen = [version("whitenoise")]
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            seen.append(f"{name} {stat.st_size} {stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(seen)).encode()).hexdigest()
