"""People: roles, invitations, switching off, tokens, and the last administrator."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from migrator.errors import ServiceError
from migrator.models import ApiToken, AuditEntry
from migrator.services import users
from migrator.services.permissions import NotAllowed
from migrator.services.users import Role

pytestmark = pytest.mark.django_db

PASSWORD = "tall pines by the lake"


@pytest.mark.parametrize("role", Role)
def test_a_role_is_what_it_gives(role: Role, admin: User) -> None:
    person = users.add_person(user=admin, name="kai", role=role)
    fresh = User.objects.get(pk=person.pk)
    assert users.role_of(fresh) == role
    assert fresh.has_perm("migrator.start_run") == (role != Role.VIEWER)
    assert fresh.has_perm("migrator.approve") == (role in {Role.APPROVER, Role.ADMIN})
    assert fresh.has_perm("migrator.manage_instances") == (role == Role.ADMIN)
    assert fresh.has_perm("migrator.download_archive") == (role == Role.ADMIN)


def test_downloading_is_given_apart(admin: User) -> None:
    person = users.add_person(user=admin, name="kai", role=Role.VIEWER, downloads=True)
    assert User.objects.get(pk=person.pk).has_perm("migrator.download_archive")
    users.change_role(person, user=admin, role=Role.OPERATOR, downloads=False)
    fresh = User.objects.get(pk=person.pk)
    assert not fresh.has_perm("migrator.download_archive")
    assert users.role_of(fresh) == Role.OPERATOR


@pytest.mark.parametrize("change", [users.switch_off, users.delete_person])
def test_the_last_administrator_stays(change: Callable[..., None], admin: User) -> None:
    with pytest.raises(ServiceError, match="only administrator"):
        change(admin, user=admin)
    with pytest.raises(ServiceError, match="only administrator"):
        users.change_role(admin, user=admin, role=Role.VIEWER, downloads=False)
    other = users.add_person(user=admin, name="kai", role=Role.ADMIN)
    change(User.objects.get(pk=admin.pk), user=other)


def test_an_operator_manages_nobody(operator: User) -> None:
    with pytest.raises(NotAllowed):
        users.add_person(user=operator, name="kai", role=Role.ADMIN)
    with pytest.raises(NotAllowed):
        users.change_role(operator, user=operator, role=Role.ADMIN, downloads=True)


def test_an_invited_person_chooses_a_password_once(
    admin: User, signed_in: Callable[[User], Client], client: Client
) -> None:
    page = signed_in(admin).post("/users/add", {"name": "kai", "role": "operator"})
    link = page.context["link"]
    assert "shown once" in page.content.decode()
    refused = client.post(link, {"password": "short", "again": "short"})
    assert "too short" in refused.content.decode()
    joined = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert joined.headers["Location"] == "/"
    assert client.get("/").status_code == 200
    assert Client().get(link).status_code == 410
    assert AuditEntry.objects.filter(action="person.joined", who="kai").exists()


def test_a_new_link_works_beside_a_forgotten_password_and_ends_with_its_use(
    admin: User, operator: User, signed_in: Callable[[User], Client], client: Client
) -> None:
    link = signed_in(admin).post(f"/users/{operator.pk}/invite").context["link"]
    client.post(link, {"password": "another lake of pines", "again": "another lake of pines"})
    operator.refresh_from_db()
    assert operator.check_password("another lake of pines")
    assert Client().get(link).status_code == 410


def test_switching_off_ends_sessions_and_tokens(
    admin: User, operator: User, signed_in: Callable[[User], Client]
) -> None:
    browser = signed_in(operator)
    _, token = users.make_token(user=operator, name="script", days=30)
    users.switch_off(operator, user=admin)
    assert browser.get("/").status_code == 302
    program = APIClient(headers={"Authorization": f"Token {token}"})
    assert program.get("/api/runs/").status_code == 401
    signing_in = Client().post("/sign-in", {"username": "operator", "password": PASSWORD})
    assert signing_in.status_code == 200
    assert "Name and password do not belong together" in signing_in.content.decode()


def test_a_token_signs_a_program_in_and_only_its_hash_is_kept(
    operator: User, signed_in: Callable[[User], Client]
) -> None:
    page = signed_in(operator).post("/account/tokens", {"name": "nightly", "days": "30"})
    token = page.context["text"]
    program = APIClient(headers={"Authorization": f"Token {token}"})
    assert program.get("/api/runs/").status_code == 200
    row = ApiToken.objects.get()
    assert token not in str(vars(row))
    again = signed_in(operator).get("/account/").content.decode()
    assert "nightly" in again
    assert token not in again
    signed_in(operator).post(f"/account/tokens/{row.digest}/revoke")
    assert program.get("/api/runs/").status_code == 401


def test_nobody_ends_the_token_of_another(
    operator: User, viewer: User, signed_in: Callable[[User], Client]
) -> None:
    token, _ = users.make_token(user=operator, name="nightly", days=30)
    signed_in(viewer).post(f"/account/tokens/{token.digest}/revoke")
    assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_changed_password_ends_the_other_sessions(
    operator: User, signed_in: Callable[[User], Client]
) -> None:
    here, elsewhere = signed_in(operator), signed_in(operator)
    given = {"old": PASSWORD, "password": "another lake of pines", "again": "another lake of pines"}
    wrong = here.post("/account/password", {**given, "old": "no"})
    assert "not your present password" in wrong.content.decode()
    assert here.post("/account/password", given).headers["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_deleting_a_person_keeps_the_evidence(admin: User, operator: User) -> None:
    users.make_token(user=operator, name="nightly", days=30)
    users.delete_person(operator, user=admin)
    assert not ApiToken.objects.exists()
    assert AuditEntry.objects.filter(who="operator", action="token.made").exists()


def test_the_pages_of_people_need_no_query_per_person(
    admin: User,
    signed_in: Callable[[User], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(admin)
    for number in range(20):
        users.add_person(user=admin, name=f"person{number}", role=Role.OPERATOR)
    with django_assert_max_num_queries(12):
        assert "person19" in client.get("/users/").content.decode()
    assert client.get("/users/add").status_code == 200
    assert client.get(f"/users/{admin.pk}/").status_code == 200
    assert client.get(f"/users/{admin.pk}/delete").status_code == 200
