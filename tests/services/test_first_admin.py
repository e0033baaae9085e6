"""The first administrator is made by whoever holds the printed link, once, within a day."""

from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from django.contrib.auth.models import User

from migrator.errors import ServiceError
from migrator.services.first_admin import (
    create_admin,
    create_first_admin,
    is_set_up_token,
    make_set_up_token,
)

pytestmark = pytest.mark.django_db

PASSWORD = "seven-tall-pines"


def test_the_holder_of_a_link_becomes_administrator() -> None:
    user = create_first_admin(token=make_set_up_token(), name="keeper", password=PASSWORD)
    assert user.is_superuser
    assert user.check_password(PASSWORD)


def test_a_link_works_once_and_ends_the_others() -> None:
    used, other = make_set_up_token(), make_set_up_token()
    create_first_admin(token=used, name="keeper", password=PASSWORD)
    for token in (used, other):
        with pytest.raises(ServiceError, match="no longer works"):
            create_first_admin(token=token, name="second", password=PASSWORD)
    assert User.objects.count() == 1


def test_a_link_expires_after_a_day() -> None:
    token = make_set_up_token()
    tomorrow = (datetime.now(UTC) + timedelta(hours=25)).timestamp()
    with mock.patch("django.core.signing.time.time", return_value=tomorrow):
        assert not is_set_up_token(token)
    assert is_set_up_token(token)


@pytest.mark.parametrize("token", ["", "x", "a:b:c"])
def test_an_invented_token_is_refused(token: str) -> None:
    with pytest.raises(ServiceError):
        create_first_admin(token=token, name="keeper", password=PASSWORD)


@pytest.mark.parametrize(
    ("name", "password"),
    [("keeper", "short"), ("keeper", "password1234"), ("", PASSWORD), ("no blanks", PASSWORD)],
)
def test_a_weak_password_or_an_odd_name_makes_no_administrator(name: str, password: str) -> None:
    with pytest.raises(ServiceError):
        create_first_admin(token=make_set_up_token(), name=name, password=password)
    assert not User.objects.exists()


def test_a_taken_name_is_refused_with_a_sentence() -> None:
    create_admin(name="keeper", password=PASSWORD)
    with pytest.raises(ServiceError, match="already exists"):
        create_admin(name="keeper", password=PASSWORD)
