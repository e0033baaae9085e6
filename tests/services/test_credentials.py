"""Credentials are sealed under keys of their own, rotated together, and never opened wrongly."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.models import Credential
from migrator.services.credentials import reveal_credential, rotate_credentials, seal_credential

pytestmark = pytest.mark.django_db

GIVEN = {"kind": "apikey", "apikey": "planted-secret-4711"}


def test_the_sealed_column_does_not_show_the_secret() -> None:
    row = seal_credential(GIVEN)
    assert b"planted-secret" not in bytes(Credential.objects.get(pk=row.pk).sealed)
    assert reveal_credential(row).to_dict() == GIVEN


def test_a_wrong_key_raises_instead_of_returning_ciphertext(settings: Settings) -> None:
    row = seal_credential(GIVEN)
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(ServiceError, match="cannot be opened"):
        reveal_credential(row)


def test_rotation_makes_the_old_key_dispensable(settings: Settings) -> None:
    row = seal_credential(GIVEN)
    new = Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, *settings.CREDENTIAL_KEYS]
    assert rotate_credentials() == 1
    settings.CREDENTIAL_KEYS = [new]
    row.refresh_from_db()
    assert reveal_credential(row).to_dict() == GIVEN


def test_rotation_changes_all_or_nothing(settings: Settings) -> None:
    lost = seal_credential(GIVEN)
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode()]
    kept = seal_credential(GIVEN)
    before = bytes(Credential.objects.get(pk=kept.pk).sealed)
    with pytest.raises(ServiceError):
        rotate_credentials()
    assert bytes(Credential.objects.get(pk=kept.pk).sealed) == before
    assert Credential.objects.filter(pk=lost.pk).exists()


@pytest.mark.parametrize("given", [{}, {"kind": "magic"}, {"kind": "apikey"}, {"kind": "session"}])
def test_what_is_no_credential_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ServiceError):
        seal_credential(given)
    assert not Credential.objects.exists()
