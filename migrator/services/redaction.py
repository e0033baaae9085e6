"""Taking secrets and people's names out of text that leaves the server."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.models import Credential, Member, Run, Workspace
from migrator.services.credentials import secrets_in

SECRET, PERSON = "[secret]", "[person]"
LEAST = 2  # characters; a shorter name is in every word

# What looks like a secret although this server never stored it.
_SHAPES = (
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),  # a JSON web token
    re.compile(r"(?i)\bAGE-SECRET-KEY-[A-Z0-9-]+"),
    re.compile(r"(?i)(?<=bearer )\S+|(?<=basic )[\w+/=]{8,}"),
    re.compile(r"(?<=://)[^/\s@]+(?=@)"),  # user and password in an address
    re.compile(
        r"(?i)(?<![a-z])(?:api[-_ ]?key|pass(?:word|phrase)|secret|dpat|xsrf-token"
        r"|(?:access|refresh)[-_]token|set-cookie|cookie)[\"']?\s*[:=]\s*[\"']?[^\s\"',;&]+"
    ),
)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class Redaction:
    """Replaces known secrets and names, and whatever has the shape of a secret or an address."""

    def __init__(self, secrets: Iterable[str], people: Iterable[str]) -> None:
        self._secrets = _any_of(secrets, r"{}")
        self._people = _any_of(people, r"(?<!\w)(?:{})(?!\w)")

    def text(self, words: str) -> str:
        """`words` without them."""
        if self._secrets:
            words = self._secrets.sub(SECRET, words)
        for shape in _SHAPES:
            words = shape.sub(SECRET, words)
        words = _ADDRESS.sub(PERSON, words)
        return self._people.sub(PERSON, words) if self._people else words

    def value(self, found: Any) -> Any:
        """The same for every text within lists and mappings; keys stay."""
        if isinstance(found, str):
            return self.text(found)
        if isinstance(found, Mapping):
            return {name: self.value(each) for name, each in found.items()}
        if isinstance(found, list | tuple):
            return [self.value(each) for each in found]
        return found


def redaction_for(run: Run) -> Redaction:
    """For what is told about `run`: the server's secrets, its users and the workspaces' people."""
    return Redaction(_secrets(), _people(run))


def _any_of(words: Iterable[str], pattern: str) -> re.Pattern[str] | None:
    """Longest first, so that no part of a longer one is left over."""
    known = sorted({word for word in words if len(word) >= LEAST}, key=len, reverse=True)
    return (
        re.compile(pattern.format("|".join(map(re.escape, known))), re.IGNORECASE)
        if known
        else None
    )


def _secrets() -> set[str]:
    found = {settings.SECRET_KEY, *settings.CREDENTIAL_KEYS}
    found.add(settings.DATABASES["default"].get("PASSWORD") or "")
    found.add(unquote(urlsplit(settings.REDIS_URL).password or ""))
    for row in Credential.objects.all():
        try:
            found |= secrets_in(row)
        except ServiceError:
            continue  # sealed with a key this server has not: it cannot have told it either
    return found


def _people(run: Run) -> set[str]:
    workspaces = Workspace.objects.filter(plan_items__plan=run.plan_id)
    found = set(workspaces.values_list("owner", flat=True))
    for row in User.objects.values_list("username", "first_name", "last_name", "email"):
        found.update(row)
    for member in Member.objects.filter(workspace__in=workspaces).values_list("user_id", "name"):
        found.update(member)
    return found
