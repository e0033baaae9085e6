"""Who may not do what: every address, each member of the cast."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from migrator.models import (
    Archive,
    Conflict,
    Instance,
    Plan,
    PlanItem,
    Receipt,
    Run,
    TargetReading,
    Workspace,
)
from migrator.services.plans import plan_restore
from tests.dashboard.conftest import deployed_model

pytestmark = pytest.mark.django_db(transaction=True)

# Open to everybody: signing in needs no sign-in.
OPEN = {
    "sign-in",
    "sign-in-code",
    "sign-out",
    "set-up",
    "join",
    "theme",
    "help",
    "healthz",
    "readyz",
    "metrics",  # by a token of its own, or not at all: tests/test_metrics.py
}
# One's own: everybody who is signed in may.
OWN = {
    "account",
    "account-messages",
    "account-password",
    "account-factor",
    "account-factor-off",
    "account-codes",
    "approval-list",
    "kept-input",
    "token-make",
    "token-revoke",
}
# What a viewer may open.
SEEN = {
    "home",
    "settings",
    "instance-list",
    "instance-detail",
    "workspace-list",
    "workspace-csv",
    "workspace-history",
    "workspace-detail",
    "plan-list",
    "plan-detail",
    "plan-losses",
    "plan-scope",
    "plan-report",
    "plan-report-file",
    "run-report",
    "run-report-file",
    "plan-work",
    "plan-assess",
    "plan-assess-check",
    "plan-assess-item",
    "plan-assess-reading",
    "plan-tasks",
    "plan-capture",
    "plan-people",
    "plan-people-csv",
    "plan-worksheet",
    "plan-worksheet-csv",
    "plan-models",
    "plan-finish",
    "plan-model-ids",
    "plan-retrain",
    "plan-kits",
    "receipt-detail",
    "receipt-json",
    "receipt-pdf",
    "model-list",
    "model-detail",
    "instance-service",
    "plan-collect",
    "plan-collect-types",
    "plan-seal",
    "plan-target",
    "plan-target-item",
    "plan-review",
    "plan-restore",
    "conflict-detail",
    "run-list",
    "run-detail",
    "run-log",
    "archive-list",
    "people-list",
    "people-csv",
    "people-against",
    "people-against-csv",
    "report-list",
    "archive-comparison",
    "archive-detail",
    "archive-state",
    "verification-detail",
}
# Pages of a viewer over rows that are not there: they answer 404, and to others nothing else.
NO_ROWS = {
    "archive-comparison",
    "people-against-csv",
    "verification-detail",
    "receipt-detail",
    "receipt-json",
    "receipt-pdf",
}
# Pages that ask before they do what their name says.
ASKING = {"plan-again"}
# What an operator, who starts runs and downloads archives, may not do.
ADMINISTERED = {
    "instance-add",
    "instance-add-kind",
    "instance-change",
    "instance-credential",
    "instance-test",
    "instance-refresh",
    "instance-delete",
    "archive-delete",
    "approval-decide",
    "instance-service-link",
    "instance-service-find",
    "instance-service-change",
    "instance-service-credential",
    "instance-service-unlink",
    "audit-list",
    "audit-check",
    "audit-csv",
    "audit-json",
    "user-list",
    "user-add",
    "user-detail",
    "user-invite",
    "user-switch",
    "user-unlock",
    "user-delete",
    "user-data",
    "archive-rules",
    "archive-retention",
    "archive-retention-apply",
    "archive-hold-lift",
    "settings-mail",
    "settings-mail-test",
    "settings-mail-off",
    "settings-webhook",
    "settings-webhook-test",
    "settings-webhook-off",
}


def page_names() -> set[str]:
    """The names of all pages of the dashboard."""
    patterns = get_resolver("dashboard.urls").url_patterns
    return {str(pattern.name) for pattern in patterns if isinstance(pattern, URLPattern)}


def _receipt(plan: Plan) -> Receipt:
    item = plan.items.get()
    return Receipt.objects.create(
        plan=plan, item=item, workspace_name=item.name, is_green=True, content={}, sha256="0" * 64
    )


@pytest.fixture
def addresses(
    archive: Archive,
    run: Run,
    item: PlanItem,
    workspace: Workspace,
    guided: Plan,
) -> dict[str, str]:
    """The address of every page that is not open, over rows that are there."""
    by_hand = workspace.instance
    served = deployed_model(by_hand)
    signed = _receipt(guided).pk
    step = run.steps.get(kind="dictionaries")
    arguments: dict[str, list[object]] = {
        "instance-add-kind": ["cloud"],
        "workspace-detail": [workspace.pk],
        "workspace-history": [workspace.pk],
        "restore-into": [archive.pk, by_hand.pk],
        "dictionaries-complete": [run.pk],
        "file-assign": [run.pk, 1],
        "files-bring": [run.pk, item.pk],
        "files-sort": [run.pk],
        "file-download": [run.pk, 1],
        "file-replace": [run.pk, 1],
        "backup-new": [by_hand.pk],
        "approval-decide": [1],
        "token-revoke": ["0"],
        "plan-new": [by_hand.pk],
        **{f"plan-tasks{verb}": [guided.items.get().pk] for verb in ("", "-make", "-done")},
        "plan-work-accept": [guided.pk, guided.items.get().pk],
        **_of_worksheets(guided),
        "plan-assess-check": [guided.pk, "tokenizer"],
        "plan-assess-item": [guided.pk, guided.items.get().pk],
        "plan-collect-types": [guided.pk, guided.items.get().pk],
        "plan-assess-withdraw": [guided.pk, guided.items.get().checks.all()[0].pk],
        "user-data": [],
        "archive-rules": [],
        "archive-retention": [],
        "archive-retention-apply": [],
        "archive-hold-lift": [archive.pk, 1],
        "model-scan": [],
        "model-decide": [],
        "model-undeploy": [],
        "model-undeployed": [1],
        "model-withdraw": [1],
        "model-detail": [served.pk],
        "instance-service-link": [by_hand.pk],
        "instance-service-find": [by_hand.pk],
        "plan-keep-source": [guided.pk, 1],
        "plan-target-item": [guided.pk, guided.items.get().pk],
        "target-read": [guided.items.get().pk],
        "conflict-detail": [_conflict(guided, archive).pk],
        "conflicts-choose": [_conflict(guided, archive).pk],
        "restore-review": [_draft(archive, by_hand).pk],
        "plan-report-file": [guided.pk, "csv"],
        "run-report-file": [run.pk, "csv"],
        "verification-accept": [1],
        "plan-finish-accept": [guided.pk, 1],
        "plan-finish-copy": [guided.pk, 1],
        "plan-finish-leave": [guided.pk, 1],
        "plan-finish-sign": [guided.pk, 1],
        "plan-finish-train": [guided.pk, 1],
        "plan-finish-successor": [guided.pk, 1],
        "receipt-detail": [signed],
        "receipt-json": [signed],
        "receipt-pdf": [signed],
        "verification-detail": [1],
        "verification-file": [1],
    }
    first = {
        "instance": by_hand.pk,
        "run": run.pk,
        "archive": archive.pk,
        "restore": archive.pk,
        "plan": guided.pk,
        "user": User.objects.get(is_superuser=True).pk,
    }
    found = {}
    for name in page_names() - OPEN:
        noun, _, verb = name.partition("-")
        given = arguments.get(name)
        if given is None and name.startswith("instance-service"):
            given = [by_hand.pk, served.service_id]
        if given is None and noun == "step":
            given = [run.pk, step.pk]
        if given is None:
            plain = verb in {"list", "add", "start", ""} or name == "archive-bring"
            given = [] if plain or noun not in first else [first[noun]]
        found[name] = reverse(name, args=given)
    return found


def _conflict(plan: Plan, archive: Archive) -> Conflict:
    """One dictionary that differs in the target of the plan."""
    plan.target = plan.source
    plan.save()
    reading, _ = TargetReading.objects.get_or_create(
        item=plan.items.get(),
        archive=archive,
        target=plan.source,
        finished_at=timezone.now(),
        source=TargetReading.Source.FILES,
    )
    return reading.conflicts.get_or_create(
        part=Conflict.Part.DICTIONARY, state=Conflict.State.DIFFERS, key="Drugs", subject="Drugs"
    )[0]


def _draft(archive: Archive, target: Instance) -> Plan:
    """A restore that is reviewed and not started."""
    return plan_restore(archive=archive, target=target, user=None, name="Draft")


def _of_worksheets(plan: Plan) -> dict[str, list[object]]:
    """The arguments of the addresses of one worksheet."""
    sheet: list[object] = [plan.items.get().pk, "roles"]
    names = ("", "-row", "-state", "-csv", "-bring", "-attach")
    files = {f"plan-worksheet-{verb}": [*sheet, 1] for verb in ("file", "detach")}
    return {**{f"plan-worksheet{name}": sheet for name in names}, **files}


def test_a_stranger_is_sent_to_the_sign_in(client: Client, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        for ask in (client.get, client.post):
            answer = ask(address)
            if answer.status_code == 405:
                continue
            assert answer.status_code == 302, name
            assert answer.headers["Location"].startswith("/sign-in"), name


def test_a_viewer_changes_nothing(
    signed_in: Callable[[User], Client], viewer: User, addresses: dict[str, str]
) -> None:
    client = signed_in(viewer)
    for name in addresses.keys() - SEEN - OWN:
        codes = {client.get(addresses[name]).status_code, client.post(addresses[name]).status_code}
        assert codes <= {403, 405}, name
        assert 403 in codes, name


def test_a_viewer_changes_nothing_on_the_pages_that_can_be_seen(
    signed_in: Callable[[User], Client], viewer: User, addresses: dict[str, str]
) -> None:
    client = signed_in(viewer)
    for name in SEEN - NO_ROWS:
        assert client.post(addresses[name]).status_code in {403, 405}, name


def test_a_viewer_sees_the_pages(
    signed_in: Callable[[User], Client], viewer: User, addresses: dict[str, str]
) -> None:
    client = signed_in(viewer)
    for name in SEEN - NO_ROWS:
        assert client.get(addresses[name]).status_code == 200, name


def test_an_operator_does_not_administer(
    signed_in: Callable[[User], Client], operator: User, addresses: dict[str, str]
) -> None:
    client = signed_in(operator)
    for name in ADMINISTERED:
        codes = {client.get(addresses[name]).status_code, client.post(addresses[name]).status_code}
        assert codes <= {403, 405}, name
        assert 403 in codes, name


def test_what_changes_something_is_never_done_by_a_link(
    signed_in: Callable[[User], Client], admin: User, addresses: dict[str, str]
) -> None:
    client = signed_in(admin)
    changing = (
        "test",
        "refresh",
        "pause",
        "resume",
        "retry",
        "again",
        "verify",
        "bring",
        "confirm",
    )
    for name, address in addresses.items():
        if name.endswith(changing) or name.startswith("step-"):
            assert client.get(address).status_code == 405, name
