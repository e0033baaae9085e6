"""Archives that go by a rule: which, which never, and holds."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from migrator import tasks
from migrator.errors import ServiceError
from migrator.models import Archive, AuditEntry, Instance, Plan, PlanItem, Receipt, Run
from migrator.services import retention
from migrator.services.approvals import NeedsApproval
from migrator.services.archives import delete_archive
from migrator.services.retention import Rule, lift_hold, place_hold, set_rule, verdict_of, verdicts
from tests.management.conftest import run as command

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Archive]


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Settings) -> None:
    """Archives of each test in a folder of its own."""
    backend = "django.core.files.storage.FileSystemStorage"
    options = {"location": tmp_path / "archives"}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": backend, "OPTIONS": options},
    }


@pytest.fixture
def make() -> Make:
    """Makes an archive of a workspace that is so many days old; its file is in the storage."""

    def make_archive(workspace: str, days: int, *, is_whole: bool = True) -> Archive:
        name = default_storage.save(f"{workspace}-{days}.zip", ContentFile(b"PK"))
        at = timezone.now() - timedelta(days=days)
        archive = Archive.objects.create(
            file=name,
            size=2,
            sha256=f"{Archive.objects.count():064x}",
            workspace_name=workspace.capitalize(),
            source_workspace_id=workspace,
            verified_at=at,
            verify_problem="" if is_whole else "It is damaged.",
        )
        Archive.objects.filter(pk=archive.pk).update(created_at=at)
        archive.refresh_from_db()
        return archive

    return make_archive


def going(rule: Rule) -> set[str]:
    """The files that would go."""
    return {each.archive.file for each in verdicts(rule) if each.goes}


def left() -> set[str]:
    """The files of all archives that are left, each with its file."""
    found = set(Archive.objects.values_list("file", flat=True))
    assert found == set(default_storage.listdir("")[1])
    return found


def test_nothing_goes_without_a_rule(make: Make) -> None:
    make("claims", 900)
    make("claims", 800)
    assert going(Rule()) == set()
    tasks.apply_retention()
    assert len(left()) == 2


def test_what_is_old_goes_and_the_newest_of_each_workspace_stay(make: Make) -> None:
    for days in (5, 40, 50, 60):
        make("claims", days)
    make("orders", 400)
    assert going(Rule(30, 1)) == {"claims-40.zip", "claims-50.zip", "claims-60.zip"}
    assert going(Rule(30, 3)) == {"claims-60.zip"}
    assert going(Rule(55, 1)) == {"claims-60.zip"}
    assert going(Rule(500, 1)) == set()
    set_rule(Rule(30, 2), user=None)
    tasks.apply_retention()
    assert left() == {"claims-5.zip", "claims-40.zip", "orders-400.zip"}
    tasks.apply_retention()
    assert len(left()) == 3


def test_a_damaged_archive_does_not_count_as_the_one_that_is_kept(make: Make) -> None:
    make("claims", 50)
    make("claims", 40, is_whole=False)
    make("orders", 50, is_whole=False)
    assert going(Rule(30, 1)) == {"claims-40.zip"}, "and the only one stays, damaged or not"


def test_a_held_archive_is_deleted_by_nobody(make: Make, operator: User) -> None:
    old = make("claims", 50)
    make("claims", 1)
    with pytest.raises(ServiceError, match="A hold has a reason"):
        place_hold(old, user=operator, reason="  ")
    hold = place_hold(old, user=operator, reason="Case 4711")
    set_rule(Rule(30, 1), user=None)
    assert verdict_of(old, Rule(30, 1)).why == "Held: Case 4711"
    assert retention.apply_rule(user=None) == []
    with pytest.raises(ServiceError, match="is held: Case 4711"):
        delete_archive(old, user=None)
    lift_hold(hold, user=None)
    lift_hold(hold, user=None)
    assert [each.archive.file for each in retention.apply_rule(user=None)] == ["claims-50.zip"]
    said = list(AuditEntry.objects.values_list("action", flat=True))
    assert said.count("archive.held") == said.count("archive.hold_lifted") == 1


def test_what_a_receipt_names_goes_only_where_the_rule_says_so(make: Make, plan: Plan) -> None:
    old = make("claims", 50)
    make("claims", 1)
    Receipt.objects.create(
        plan=plan,
        item=plan.items.get(),
        workspace_name="Claims",
        is_green=True,
        content={"archive": {"sha256": old.sha256}},
        sha256="0" * 64,
    )
    assert going(Rule(30, 1)) == set()
    assert "A receipt names it" in verdicts(Rule(30, 1))[0].why
    assert going(Rule(30, 1, takes_receipts=True)) == {"claims-50.zip"}


def test_what_was_restored_from_stays(make: Make, by_hand: Instance) -> None:
    old, other = make("claims", 50), make("claims", 45)
    make("claims", 1)
    for archive in (old, other):
        plan = Plan.objects.create(purpose=Plan.Purpose.RESTORE, target=by_hand)
        PlanItem.objects.create(plan=plan, archive=archive, name="Claims")
    Run.objects.create(kind=Run.Kind.RESTORE, plan=Plan.objects.earliest("pk"))
    assert going(Rule(30, 1)) == {"claims-45.zip"}, "a draft is no restore"


def test_a_deletion_tells_the_audit_log_its_rule(make: Make, admin_user: User) -> None:
    make("claims", 50)
    make("claims", 1)
    set_rule(Rule(30, 1), user=admin_user)
    retention.apply_rule(user=admin_user)
    entry = AuditEntry.objects.get(action="archive.deleted")
    assert entry.details["rule"].startswith("Archives older than 30 days go.")
    assert AuditEntry.objects.filter(action="archives.rule_set", who="admin").exists()
    applied = AuditEntry.objects.get(action="archives.rule_applied")
    assert (applied.who, applied.details) == ("admin", {"deleted": 1})


@pytest.mark.parametrize("rule", [Rule(0, 1), Rule(30, 0), Rule(None, 0)])
def test_a_rule_that_keeps_nothing_is_refused(rule: Rule, admin_user: User) -> None:
    with pytest.raises(ServiceError, match="At least one day"):
        set_rule(rule, user=admin_user)
    assert retention.rule_now() == Rule()


def test_a_second_person_allows_exactly_the_rule_that_was_asked_for(
    admin_user: User, settings: Settings
) -> None:
    settings.SECOND_PERSON = ["delete"]
    for rule in (Rule(30, 1), Rule(2, 1)):
        with pytest.raises(NeedsApproval, match=f"older than {rule.days} days"):
            set_rule(rule, user=admin_user)
    assert retention.rule_now() == Rule()
    set_rule(Rule(), user=admin_user)  # what deletes nothing needs nobody


def test_many_archives_are_judged_in_as_many_queries_as_few(make: Make) -> None:
    counts = []
    for workspace in ("a", "b", "c"):
        for days in range(3):
            make(workspace, days)
        with CaptureQueriesContext(connection) as queries:
            verdicts(Rule(1, 1))
        counts.append(len(queries))
    assert counts == [2, 2, 2]


def test_the_command_says_what_would_go_and_then_does_it(make: Make) -> None:
    make("claims", 50)
    make("claims", 1)
    assert "Nothing goes." in command("apply_retention").out
    set_rule(Rule(30, 1), user=None)
    dry = command("apply_retention", "--dry-run")
    assert "Would go: claims-50.zip" in dry.out
    assert "Stays: claims-1.zip" in dry.out
    document = command("apply_retention", "--dry-run", "--json").document
    assert [row["goes"] for row in document["archives"]] == [True, False]
    assert len(left()) == 2
    assert "Deleted: claims-50.zip" in command("apply_retention").out
    assert left() == {"claims-1.zip"}
