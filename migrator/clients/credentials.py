"""Credentials as values: what a person stored for an instance, shown by no repr."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from migrator.errors import ServiceError


@dataclass(frozen=True, repr=False)
class SessionCredential:
    """The two cookies of a person's own browser session; they expire."""

    xsrf_token: str
    dpat: str

    def __repr__(self) -> str:
        return "SessionCredential(…)"

    def to_dict(self) -> dict[str, str]:
        """What `parse_credential` takes; holds the secrets."""
        return {"kind": "session", "xsrf_token": self.xsrf_token, "dpat": self.dpat}


@dataclass(frozen=True, repr=False)
class ApiKeyCredential:
    """An IBM Cloud API key, exchanged for tokens at IAM."""

    apikey: str

    def __repr__(self) -> str:
        return "ApiKeyCredential(…)"

    def to_dict(self) -> dict[str, str]:
        """What `parse_credential` takes; holds the secret."""
        return {"kind": "apikey", "apikey": self.apikey}


@dataclass(frozen=True, repr=False)
class Cp4dCredential:
    """A Cloud Pak for Data user with an API key or a password; the API key goes first."""

    username: str
    api_key: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return "Cp4dCredential(…)"

    def to_dict(self) -> dict[str, str]:
        """What `parse_credential` takes; holds the secrets."""
        secrets = {"api_key": self.api_key, "password": self.password}
        given = {name: secret for name, secret in secrets.items() if secret}
        return {"kind": "cp4d", "username": self.username, **given}


Credential = SessionCredential | ApiKeyCredential | Cp4dCredential

KINDS: dict[str, tuple[type[Credential], frozenset[str], frozenset[str]]] = {
    # kind: class, fields that must be there, fields of which one must be there
    "session": (SessionCredential, frozenset({"xsrf_token", "dpat"}), frozenset()),
    "apikey": (ApiKeyCredential, frozenset({"apikey"}), frozenset()),
    "cp4d": (Cp4dCredential, frozenset({"username"}), frozenset({"api_key", "password"})),
}


def parse_credential(given: Mapping[str, Any]) -> Credential:
    """The credential that `kind` and its fields describe; ServiceError names what is wrong."""
    kind = given.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise _unfit(f"The kind of the credential is none of {', '.join(KINDS)}.")
    made, needed, one_of = KINDS[kind]
    fields = {name: value for name, value in given.items() if name != "kind" and value != ""}
    if strangers := sorted(set(fields) - needed - one_of):
        raise _unfit(f"A credential of kind {kind} has no field {strangers[0]}.")
    if missing := sorted(needed - set(fields)):
        raise _unfit(f"The credential of kind {kind} lacks the field {missing[0]}.")
    if one_of and not one_of & set(fields):
        raise _unfit(f"The credential of kind {kind} needs {' or '.join(sorted(one_of))}.")
    return made(**{name: _clean(name, value) for name, value in fields.items()})


def _clean(name: str, value: object) -> str:
    """The secret without the blanks that copying adds around it.

    A line end or another control character would end an HTTP header early, and one outside of
    Latin-1 fits in none, so they are refused here, where the message need not show the value. A
    password travels in a JSON body and may hold anything.
    """
    if not isinstance(value, str):
        raise _unfit(f"The field {name} of the credential is no text.")
    if name in {"password", "username"}:
        return value
    text = value.strip()
    if not text or not text.isascii() or not text.isprintable() or set(text) & set(" ;,"):
        raise _unfit(f"The field {name} of the credential holds characters that cannot be in it.")
    return text


def _unfit(happened: str) -> ServiceError:
    return ServiceError(
        happened,
        meaning="The credential was not stored or used.",
        remedy="Copy it again from where it was issued, whole and without anything around it.",
    )
