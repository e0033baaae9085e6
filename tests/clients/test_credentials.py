"""Credentials as values."""

from typing import Any

import pytest

from migrator.clients.credentials import (
    ApiKeyCredential,
    Cp4dCredential,
    SessionCredential,
    parse_credential,
)
from migrator.errors import ServiceError

ALL = [
    SessionCredential("xsrf-geheim", "dpat-geheim"),
    ApiKeyCredential("key-geheim"),
    Cp4dCredential("ann", api_key="key-geheim"),
    Cp4dCredential("ann", password="pass geheim ü"),
]


@pytest.mark.parametrize("credential", ALL, ids=lambda c: type(c).__name__)
def test_a_credential_survives_its_dictionary(credential: Any) -> None:
    assert parse_credential(credential.to_dict()) == credential


@pytest.mark.parametrize("credential", ALL, ids=lambda c: type(c).__name__)
def test_a_credential_shows_nothing(credential: Any) -> None:
    assert "geheim" not in f"{credential!r} {credential!s} {[credential]}"
    assert "ann" not in repr(credential)


def test_blanks_from_copying_are_taken_off() -> None:
    assert parse_credential({"kind": "apikey", "apikey": " k1\n"}) == ApiKeyCredential("k1")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "session, apikey, cp4d"),
        ({"kind": ["apikey"]}, "session, apikey, cp4d"),
        ({"kind": "apikey"}, "apikey"),
        ({"kind": "apikey", "apikey": ""}, "apikey"),
        ({"kind": "apikey", "apikey": 7}, "apikey"),
        ({"kind": "apikey", "apikey": "geheim", "dpat": "x"}, "dpat"),
        ({"kind": "apikey", "apikey": "geheim\r\nX: y"}, "apikey"),
        ({"kind": "session", "xsrf_token": "geheim"}, "dpat"),
        ({"kind": "session", "xsrf_token": "geheim; a=b", "dpat": "x"}, "xsrf_token"),
        ({"kind": "session", "xsrf_token": "geheim…", "dpat": "x"}, "xsrf_token"),
        ({"kind": "cp4d", "username": "ann"}, "api_key or password"),
        ({"kind": "cp4d", "password": "geheim"}, "username"),
    ],
)
def test_an_unfit_credential_is_refused_by_field_without_its_value(
    given: dict[str, Any], named: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        parse_credential(given)
    assert named in caught.value.happened
    assert "geheim" not in str(caught.value)
