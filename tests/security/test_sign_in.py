"""Signing in: lock-out, the second factor, and input that outlives a session."""

import re
import time
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import TOTP
from pytest_django import Settings

from migrator.errors import ServiceError
from migrator.models import AuditEntry, Credential, Instance, TotpDevice
from migrator.services import second_factor
from migrator.services.credentials import reveal_totp_key, rotate_credentials

pytestmark = pytest.mark.django_db

GIVEN = {"username": "operator", "password": "tall pines by the lake"}


def code_of(device: TotpDevice, ahead: int = 0) -> str:
    """What the app shows now, or some steps ahead."""
    totp = TOTP(reveal_totp_key(device.credential), step=second_factor.STEP)
    totp.time = time.time() + ahead * second_factor.STEP
    return f"{totp.token():06d}"


@pytest.fixture
def enrolled(operator: User) -> list[str]:
    """The operator with an app; gives the recovery codes."""
    device = second_factor.begin_enrolling(operator)
    return second_factor.confirm(operator, code=code_of(device))


def test_too_many_wrong_passwords_pause_the_name(
    operator: User, client: Client, settings: Settings
) -> None:
    for _ in range(settings.SIGN_IN_TRIES - 1):
        assert client.post("/sign-in", {**GIVEN, "password": "no"}).status_code == 200
    locked = client.post("/sign-in", {**GIVEN, "password": "no"})
    assert locked.status_code == 429
    assert "Too many tries" in locked.content.decode()
    assert client.post("/sign-in", GIVEN).status_code == 429
    assert Client().get("/sign-in").status_code == 200


def test_a_pause_of_one_name_lets_others_in(
    operator: User, admin: User, client: Client, settings: Settings
) -> None:
    for _ in range(settings.SIGN_IN_TRIES):
        client.post("/sign-in", {**GIVEN, "password": "no"})
    answer = client.post("/sign-in", {**GIVEN, "username": "admin"})
    assert answer.status_code == 302


def test_the_app_is_set_up_with_its_first_code(
    operator: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(operator)
    page = client.get("/account/factor").content.decode()
    assert "<svg viewBox=" in page  # else the style sheet would cut it instead of scaling it
    device = TotpDevice.objects.get()
    assert not second_factor.has_second_factor(operator)
    assert "not right" in client.post("/account/factor", {"code": "000000"}).content.decode()
    codes = client.post("/account/factor", {"code": code_of(device)})
    assert len(codes.context["codes"]) == second_factor.CODES
    assert second_factor.has_second_factor(operator)
    assert client.get("/account/factor").status_code == 302


def test_the_key_is_sealed_and_survives_a_rotation(operator: User, enrolled: list[str]) -> None:
    device = TotpDevice.objects.get()
    key = reveal_totp_key(device.credential)
    assert key not in bytes(Credential.objects.get().sealed)
    rotate_credentials()
    device.refresh_from_db()
    assert reveal_totp_key(TotpDevice.objects.get().credential) == key


def test_the_password_alone_does_not_sign_in(
    operator: User, enrolled: list[str], client: Client
) -> None:
    answer = client.post("/sign-in", {**GIVEN, "next": "/runs/"})
    assert answer.headers["Location"] == "/sign-in/code"
    assert client.get("/runs/").status_code == 302
    assert "not right" in client.post("/sign-in/code", {"code": "000000"}).content.decode()
    TotpDevice.objects.get().throttle_reset()
    right = client.post("/sign-in/code", {"code": code_of(TotpDevice.objects.get(), ahead=1)})
    assert right.headers["Location"] == "/runs/"
    assert client.get("/runs/").status_code == 200


def test_no_code_is_good_twice(operator: User, enrolled: list[str]) -> None:
    code = code_of(TotpDevice.objects.get(), ahead=1)
    second_factor.check_code(operator, code)
    with pytest.raises(ServiceError, match="not right"):
        second_factor.check_code(operator, code)


def test_wrong_codes_make_one_wait(operator: User, enrolled: list[str]) -> None:
    with pytest.raises(ServiceError, match="not right"):
        second_factor.check_code(operator, "000000")
    with pytest.raises(ServiceError, match="Wait a moment"):
        second_factor.check_code(operator, enrolled[0])


def test_a_recovery_code_stands_in_once(
    operator: User, enrolled: list[str], client: Client
) -> None:
    client.post("/sign-in", GIVEN)
    assert client.post("/sign-in/code", {"code": enrolled[0].upper()}).status_code == 302
    assert AuditEntry.objects.filter(action="recovery_code.used").exists()
    with pytest.raises(ServiceError, match="not right"):
        second_factor.check_code(operator, enrolled[0])


def test_the_code_is_asked_for_in_time_only(
    operator: User, enrolled: list[str], client: Client
) -> None:
    client.post("/sign-in", GIVEN)
    session = client.session
    session["second_factor_of"] = {**session["second_factor_of"], "at": time.time() - 400}
    session.save()
    assert client.get("/sign-in/code").headers["Location"] == "/sign-in"
    assert Client().get("/sign-in/code").headers["Location"] == "/sign-in"


def test_an_administrator_takes_the_factor_off_for_somebody_who_lost_it(
    admin: User, operator: User, enrolled: list[str], signed_in: Callable[[User], Client]
) -> None:
    signed_in(admin).post(f"/users/{operator.pk}/unlock")
    assert not second_factor.has_second_factor(operator)
    assert not Credential.objects.exists()


def test_what_was_sent_after_the_session_had_ended_is_not_lost(admin: User, client: Client) -> None:
    client.post("/sign-in", {**GIVEN, "username": "admin"})
    client.logout()
    lost = client.post("/instances/add/by_hand", {"name": "Dallas", "password": "never-shown"})
    assert lost.headers["Location"].startswith("/sign-in?next=")
    assert "is kept" in client.get(lost.headers["Location"]).content.decode()
    back = client.post("/sign-in", {**GIVEN, "username": "admin"})
    assert back.headers["Location"] == "/kept-input"
    page = client.get("/kept-input").content.decode()
    assert "Dallas" in page
    assert "never-shown" not in page
    assert re.search(r'action="/instances/add/by_hand"', page)
    client.post("/instances/add/by_hand", {"name": "Dallas"})
    assert Instance.objects.get().name == "Dallas"
    client.post("/kept-input")
    assert client.get("/kept-input").status_code == 302
