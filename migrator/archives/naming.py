"""Names of files inside an archive."""

import os
import re
import unicodedata
from collections.abc import Iterable

LONGEST_NAME = 80  # characters; leaves room below the 255 bytes of file systems


def safe_name(text: str, *, otherwise: str) -> str:
    """`text` reduced to ASCII letters, digits and `+-._`; `otherwise` where nothing is left.

    Such a name means the same to every unzip program, file system and locale, and never climbs.
    """
    kept = re.sub(r"[^A-Za-z0-9+._-]+", "_", text)[:LONGEST_NAME].strip("._")
    return kept or otherwise


def readable_name(text: str, *, otherwise: str) -> str:
    """`text` in its own script, without what no file system takes, what would climb or deceive.

    For names that carry meaning; `otherwise` where nothing is left. The percent sign goes too,
    since validators disagree on how a manifest writes it.
    """
    visible = "".join("_" if unicodedata.category(sign)[0] == "C" else sign for sign in text)
    return re.sub(r'[%<>:"/\\|?*]+', "_", visible)[:LONGEST_NAME].strip(". ") or otherwise


def free_name(name: str, taken: Iterable[str]) -> str:
    """`name`, with a number before its suffix where it is among `taken`."""
    # Names that differ in case only are one name on Windows and macOS.
    lower = {existing.lower() for existing in taken}
    stem, suffix = os.path.splitext(name)
    number = 2
    while name.lower() in lower:
        name, number = f"{stem}-{number}{suffix}", number + 1
    return name
