"""Looking for a person: every place in the database, by name, address or user id."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from migrator.checks.people import ROLES
from migrator.errors import ServiceError
from migrator.models import Archive
from migrator.services import audit
from migrator.services.permissions import requires
from migrator.services.personal_data.places import PLACES, Place
from migrator.services.users import Role

LEAST = 3  # characters; a shorter name is in every word
MOST_TERMS = 10
# What stands in a JSON column as it is typed, on every database.
_FIELD = re.compile(r"[a-z0-9_]+")
_PLAIN = re.compile(r"[A-Za-z0-9@._+ -]+")


@dataclass(frozen=True)
class Occurrence:
    """One row that names the person: its place, its key, and the columns that do."""

    place: Place
    key: Any
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Where a person occurs; `archives` are those whose sealed file names the person, too."""

    occurrences: list[Occurrence]
    archives: list[Archive]

    @property
    def counts(self) -> list[tuple[Place, int]]:
        """Rows of each place that has any, in the places' order."""
        counted = (
            (place, sum(each.place is place for each in self.occurrences)) for place in PLACES
        )
        return [(place, count) for place, count in counted if count]


def is_name(key: str) -> bool:
    """Whether a key within JSON may be what somebody is called, and not the name of a field."""
    return not _FIELD.fullmatch(key)


def _words_of_ours() -> set[str]:
    """Roles and states, as they stand in columns and within JSON."""
    found = {"command line", "user", "worker", *ROLES, *Role.values}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            found |= {str(word) for pair in field.flatchoices for word in pair}
    return {word.lower() for word in found}


class Terms:
    """What a person is called: matched as whole words, capitals or not."""

    def __init__(self, terms: list[str]) -> None:
        """Raises ServiceError where one is too short, and where there is none or far too many."""
        self.terms = list(dict.fromkeys(term.strip() for term in terms if term.strip()))
        if not 0 < len(self.terms) <= MOST_TERMS or min(map(len, self.terms)) < LEAST:
            raise ServiceError(
                f"Give 1 to {MOST_TERMS} names, addresses or user ids of {LEAST} characters or "
                "more.",
                meaning="Nothing was looked for and nothing was changed.",
                remedy="Write each on a line of its own: full name, e-mail address, user id.",
            )
        ours = _words_of_ours().intersection(term.lower() for term in self.terms)
        if ours:
            raise ServiceError(
                f"“{min(ours)}” is a word of the product as well, such as a role or a state.",
                meaning="Nothing was looked for and nothing was changed: it would be replaced "
                "where it names nobody.",
                remedy="Give the full name and the e-mail address. An account with such a name "
                "is deleted on its own page.",
            )
        longest = sorted(self.terms, key=len, reverse=True)
        words = "|".join(map(re.escape, longest))
        self.pattern = re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)

    def are_in(self, value: Any) -> bool:
        """Whether a column names the person, anywhere within it."""
        if isinstance(value, str):
            return bool(self.pattern.search(value))
        if isinstance(value, Mapping):
            keys = [key for key in value if is_name(key)]
            return any(map(self.are_in, [*keys, *value.values()]))
        return isinstance(value, list) and any(map(self.are_in, value))

    def narrow(self, rows: QuerySet[Any], columns: tuple[str, ...]) -> QuerySet[Any]:
        """The rows that may name the person, as far as the database can tell."""
        texts = {f"_text_{column}": Cast(column, TextField()) for column in columns}
        cores = [max(_PLAIN.findall(term) or [""], key=len) for term in self.terms]
        if not all(cores):
            return rows  # stands in other letters than these: JSON writes them in several ways
        wanted = Q()
        for column in columns:
            for core in cores:
                wanted |= Q(**{f"_text_{column}__icontains": core})
        narrowed: QuerySet[Any] = rows.annotate(**texts).filter(wanted)
        return narrowed


@requires("auth.change_user")
def look_for(terms: Terms, *, user: User | None) -> Found:
    """Where the person occurs. The audit log notes that somebody looked, not for whom."""
    found = [each for place in PLACES for each in occurrences(place, terms)]
    archives = [each.key for each in found if each.place.model == "migrator.Archive"]
    rows = list(Archive.objects.filter(pk__in=archives).defer("facts", "findings"))
    if user is not None:
        audit.record(user, "person.looked_for", user, rows=len(found))
    return Found(found, rows)


def occurrences(place: Place, terms: Terms) -> Iterator[Occurrence]:
    """The rows of one place that name the person."""
    for row in rows_of(place, terms):
        named = tuple(column for column in place.fields if terms.are_in(row[column]))
        if named:
            yield Occurrence(place, row["pk"], named)


def rows_of(place: Place, terms: Terms) -> Iterator[dict[str, Any]]:
    """Key and columns of the rows that may name the person."""
    rows = terms.narrow(model_of(place)._base_manager.all(), place.fields)
    yield from rows.values("pk", *place.fields).iterator(chunk_size=200)


def model_of(place: Place) -> type[Model]:
    """The table."""
    return apps.get_model(place.model)


def report_rows(found: Found) -> Iterator[dict[str, Any]]:
    """The report, a row for each occurrence; none of them repeats what stands there."""
    for each in found.occurrences:
        yield {
            "place": each.place.words,
            "table": each.place.model,
            "key": str(each.key),
            "columns": ", ".join(each.columns),
            "on_request": f"Stays. {each.place.stays}" if each.place.stays else REPLACED,
        }
    for archive in found.archives:
        yield {
            "place": "Sealed archives",
            "table": "file",
            "key": archive.file,
            "columns": "",
            "on_request": f"Stays. {ARCHIVE_STAYS}",
        }


REPLACED = "Is replaced by a pseudonym."
ARCHIVE_STAYS = (
    "A changed archive is no evidence any more. Delete the archive where the person's right "
    "outweighs it; a restore from it brings the name back."
)
