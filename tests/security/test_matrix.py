"""Address × role × method: every cell, made from the URL configuration and the API's description.

No rows are needed: who may not do something is refused before anything is looked for, so that a
refusal never tells what is there. An address that no group below names fails the suite.
"""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from migrator.services import users
from migrator.services.users import Role
from tests.api.test_schema import DESCRIPTION
from tests.dashboard.test_refusals import OPEN, OWN, SEEN

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

START = "migrator.start_run"
DOWNLOAD = "migrator.download_archive"
INSTANCES = "migrator.manage_instances"
# Beside SEEN (everybody who is signed in may look), OWN and OPEN: what each address asks for.
ASKS: dict[str, str] = {
    **dict.fromkeys(
        [
            "instance-add",
            "instance-add-kind",
            "instance-change",
            "instance-credential",
            "instance-test",
            "instance-refresh",
            "instance-delete",
            "instance-service-link",
            "instance-service-find",
            "instance-service-change",
            "instance-service-credential",
            "instance-service-unlink",
        ],
        INSTANCES,
    ),
    **dict.fromkeys(
        ("archive-download", "file-download", "plan-archives", "plan-worksheet-file"), DOWNLOAD
    ),
    **dict.fromkeys(
        ("audit-list", "audit-check", "audit-csv", "audit-json"), "migrator.view_auditentry"
    ),
    **dict.fromkeys(
        ["user-list", "user-add", "user-detail", "user-invite", "user-switch", "user-unlock"],
        "auth.change_user",
    ),
    **dict.fromkeys(
        [
            "settings-mail",
            "settings-mail-test",
            "settings-mail-off",
            "settings-webhook",
            "settings-webhook-test",
            "settings-webhook-off",
        ],
        "migrator.manage_notifications",
    ),
    "user-delete": "auth.change_user",
    "user-data": "auth.change_user",
    "approval-decide": "migrator.approve",
    "archive-delete": "migrator.delete_archive",
    **dict.fromkeys(
        ("archive-rules", "archive-retention", "archive-retention-apply", "archive-hold-lift"),
        "migrator.keep_archives",
    ),
    "verification-file": DOWNLOAD,
}
ROLES = ("stranger", *Role)


def addresses() -> dict[str, str]:
    """Name and address of every page, with arguments that stand for no row."""
    found = {}
    for pattern in get_resolver("dashboard.urls").url_patterns:
        assert isinstance(pattern, URLPattern)
        taken = pattern.pattern.converters or {}
        given = {
            name: 0 if type(each).__name__ == "IntConverter" else "x"
            for name, each in taken.items()
        }
        if not taken and pattern.pattern.regex.groups:
            given = {"pk": 0, "form": "csv"}
        found[str(pattern.name)] = reverse(str(pattern.name), kwargs=given)
    return found


ADDRESSES = addresses()


def asked_of(name: str, method: str) -> str | None:
    """The permission that a cell asks for: None is nobody's, "" is anybody's who is signed in."""
    if name in OPEN:
        return None
    if name in OWN or (name in SEEN and method == "get"):
        return ""
    return ASKS.get(name, START)


@pytest.fixture
def cast(admin: User) -> dict[str, User]:
    """One person of each role; none but the administrator may download."""
    return {role: users.add_person(user=admin, name=role.value + "-1", role=role) for role in Role}


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_pages(
    role: str, cast: dict[str, User], signed_in: Callable[[User], Client]
) -> None:
    wrong = []
    for name, address in ADDRESSES.items():
        for method in ("get", "post"):
            client = Client() if role == "stranger" else signed_in(cast[role])
            status, where = _outcome(client, method, address)
            person = None if role == "stranger" else User.objects.get(pk=cast[role].pk)
            unseen = name in SEEN and method == "post" and status == 404  # looked for first
            if not unseen and not _is_right(asked_of(name, method), person, status, where):
                wrong.append(f"{role} {method} {name}: {status} {where}")
    assert wrong == []


def _outcome(client: Client, method: str, address: str) -> tuple[int, str]:
    answer = getattr(client, method)(address)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code, answer.headers.get("Location", "")


def _is_right(asked: str | None, person: User | None, status: int, where: str) -> bool:
    if status >= 500:
        return False
    to_sign_in = status == 302 and where.startswith("/sign-in")
    if asked is None or status == 405:  # a method that the address does not have
        return status != 403
    if person is None:
        return to_sign_in
    may = not asked or person.has_perm(asked)
    return (status != 403 and not to_sign_in) if may else status == 403


def test_every_address_is_in_one_group() -> None:
    for name in ASKS:
        assert name in ADDRESSES, f"{name} is no address any more"
    assert OPEN - {"healthz", "readyz", "metrics"} <= ADDRESSES.keys()
    assert not (SEEN & OWN)
    assert not (SEEN & OPEN)
    assert not (OWN & OPEN)
    assert not (ASKS.keys() & (SEEN | OWN | OPEN))
    operated = ADDRESSES.keys() - SEEN - OWN - OPEN - ASKS.keys()
    assert operated == KNOWN_OPERATED, "say who may open it: in a group, or as an operator's"


# What an operator does, and nobody below.
KNOWN_OPERATED = {
    "archive-bring",
    "archive-compare",
    "archive-hold",
    "archive-lock",
    "archive-unlock",
    "archive-verify",
    "backup-new",
    "backup-start",
    "conflicts-choose",
    "dictionaries-complete",
    "file-assign",
    "file-replace",
    "files-bring",
    "files-sort",
    "instance-service-look",
    "instance-service-test",
    "model-decide",
    "model-scan",
    "model-undeploy",
    "model-undeployed",
    "model-withdraw",
    "plan-archive",
    "plan-assess-read",
    "plan-assess-run",
    "plan-assess-withdraw",
    "plan-capture-complete",
    "plan-capture-fill",
    "plan-copy",
    "plan-encryption",
    "plan-finish-accept",
    "plan-finish-copy",
    "plan-finish-leave",
    "plan-finish-sign",
    "plan-finish-successor",
    "plan-finish-train",
    "plan-keep-source",
    "plan-new",
    "plan-people-bring",
    "plan-people-map",
    "plan-people-read",
    "plan-restore-again",
    "plan-start",
    "plan-start-backup",
    "plan-start-restore",
    "plan-target-choose",
    "plan-target-read",
    "plan-tasks-done",
    "plan-tasks-make",
    "plan-unarchive",
    "plan-work-accept",
    "plan-work-accept-all",
    "plan-worksheet-attach",
    "plan-worksheet-bring",
    "plan-worksheet-detach",
    "plan-worksheet-row",
    "plan-worksheet-state",
    "restore-into",
    "restore-new",
    "restore-review",
    "run-again",
    "run-cancel",
    "run-pause",
    "run-resume",
    "run-retry",
    "run-support",
    "step-accept",
    "step-bring-again",
    "step-complete",
    "step-confirm",
    "step-retry",
    "step-skip",
    "workspace-start",
    "target-read",
    "verification-accept",
}


@pytest.mark.parametrize("role", ROLES)
def test_every_cell_of_the_api(role: str, cast: dict[str, User]) -> None:
    wrong = []
    for path, operations in DESCRIPTION["paths"].items():
        address = re.sub(r"{\w+}", "0", path)
        for method in operations:
            client = Client()
            person = None if role == "stranger" else User.objects.get(pk=cast[role].pk)
            if person is not None:
                client.force_login(person)
            status = getattr(client, method)(address).status_code
            if not _api_is_right(address, method, person, status):
                wrong.append(f"{role} {method} {address}: {status}")
    assert wrong == []


def _api_is_right(address: str, method: str, person: User | None, status: int) -> bool:
    if person is None:
        return status == 401
    asked = START if method != "get" else ""
    if address.startswith("/api/instances/") and method != "get":
        asked = INSTANCES
    if address.endswith("/download/"):
        asked = DOWNLOAD
    if not asked or person.has_perm(asked):
        return status not in {401, 403} and status < 500
    return status == 403
