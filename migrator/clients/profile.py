"""The profile: methods, paths and field names of the tool's unpublished interface, as a file.

An administrator who sees other ones in a browser's network log corrects a file, not code.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from migrator.errors import ServiceError

BUILT_IN = Path(__file__).parent / "profiles" / "v10.toml"


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One operation; `send` maps our field names to the service's."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    status: Literal["seen", "assumed"]
    read_only: bool = False
    query: dict[str, str] = {}
    send: dict[str, str] = {}
    # The largest file that the service takes, decimal bytes.
    max_bytes: int | None = None
    # The largest number of documents that one file may bring.
    max_documents: int | None = None
    # Seconds to wait for the next byte, where the general time-out is too short: the service reads
    # or packs a whole workspace before it answers.
    read_seconds: float | None = None

    def filled(self, **places: str) -> str:
        """The path with its places filled in, quoted: a deployed model's id has a colon."""
        for value in places.values():
            if value in {"", ".", ".."}:
                raise ServiceError(
                    "An id of Knowledge Studio is empty or a path.",
                    meaning="Nothing was sent.",
                    remedy="Take the inventory again.",
                )
        return self.path.format(**{name: quote(value, safe="") for name, value in places.items()})

    def sent(self, **fields: Any) -> dict[str, Any]:
        """The fields under the service's names; one without a name is left out."""
        return {self.send[name]: value for name, value in fields.items() if name in self.send}


class Paging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How lists are asked for and answered page by page."""

    limit: str
    offset: str
    items: str
    total: str
    size: int


class SessionNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The names of the two cookies and of the header that repeats the first."""

    xsrf_cookie: str
    dpat_cookie: str
    xsrf_header: str


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole interface; `answers` maps, for each shape, our field names to the service's."""

    name: str
    api_root: str
    paging: Paging
    session: SessionNames
    operations: dict[str, Operation]
    answers: dict[str, dict[str, str]]


def load_profile(path: Path | None = None) -> Profile:
    """The profile v10, with the entries of `path` in place of its own where one is given.

    Raises ServiceError, with the entry's name, where the file is none that could be used.
    """
    if path is None:
        return _built_in()
    given = _parsed(path)
    profile = _converted(_merged(_parsed(BUILT_IN), given), path.name)
    _check(profile, path.name)
    return profile


@cache
def _built_in() -> Profile:
    return _converted(_parsed(BUILT_IN), BUILT_IN.name)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as exc:
        raise _unusable(path.name, f"it cannot be read ({exc.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise _unusable(path.name, f"it is no TOML ({exc})") from None


def _merged(base: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with the entries of `given`; an operation or a shape is completed name by name."""
    merged = dict(base)
    for key, value in given.items():
        old = merged.get(key)
        completes = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if completes and old else value
    return merged


def _converted(content: dict[str, Any], name: str) -> Profile:
    try:
        return msgspec.convert(content, Profile)
    except msgspec.ValidationError as exc:
        raise _unusable(name, str(exc)) from None


def _check(profile: Profile, name: str) -> None:
    if strangers := sorted(set(profile.operations) - set(_built_in().operations)):
        raise _unusable(name, f"the operation {strangers[0]} is not known")
    for key, operation in profile.operations.items():
        places = set(re.findall(r"{([^}]*)}", operation.path))
        expected = set(re.findall(r"{([^}]*)}", _built_in().operations[key].path))
        if not re.fullmatch(r"(/[\w.~{}:@-]+)+/?", operation.path) or places != expected:
            raise _unusable(name, f"the path of {key} does not fit")
    if not re.fullmatch(r"(/[\w.~-]+)*", profile.api_root):
        raise _unusable(name, "api_root must begin with a slash and end without one")


def _unusable(name: str, reason: str) -> ServiceError:
    return ServiceError(
        f"The profile file {name} cannot be used: {reason}.",
        meaning="Nothing was sent.",
        remedy="Correct the file; the built-in profiles/v10.toml shows each entry.",
    )
