"""Personal data on request: every table is looked at, and what may be changed is."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import models
from django.utils import timezone

from migrator.errors import ServiceError
from migrator.models import (
    Archive,
    ArchiveHold,
    AuditEntry,
    Delivery,
    Event,
    Instance,
    InstancePerson,
    Member,
    Notification,
    NotificationChoice,
    Plan,
    Receipt,
    Run,
    Step,
    Worksheet,
    WorksheetRow,
    Workspace,
)
from migrator.services import audit, audit_chain, users
from migrator.services.notifications.choices import choose
from migrator.services.personal_data.erasing import erase
from migrator.services.personal_data.looking import Terms, look_for, report_rows
from migrator.services.personal_data.places import NO_PEOPLE, PLACES
from tests.management.conftest import run as command

pytestmark = pytest.mark.django_db(transaction=True)

NAME, ADDRESS = "Jörg Müller", "joerg.mueller@example.com"
TERMS = Terms([NAME, ADDRESS])


def is_text(field: Any) -> bool:
    """Whether a column may hold what people wrote: text or JSON, and no choice of ours."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return isinstance(field, kinds) and not field.choices


def test_every_table_with_text_is_looked_at_or_says_why_not() -> None:
    told = {place.model for place in PLACES} | NO_PEOPLE.keys()
    written = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if any(is_text(field) for field in model._meta.concrete_fields)
    }
    assert written - told == set(), "say it in migrator/services/personal_data/places.py"
    assert told - written == set(), "there is no such table any more"
    assert len(told) == len(PLACES) + len(NO_PEOPLE)


def test_every_column_that_is_looked_at_is_there() -> None:
    for place in PLACES:
        fields = {field.name: field for field in apps.get_model(place.model)._meta.get_fields()}
        assert all(is_text(fields[name]) for name in place.fields), place.model


@pytest.fixture
def person(run: Run, workspace: Workspace, by_hand: Instance, plan: Plan) -> None:
    """Somebody in many places."""
    Member.objects.create(workspace=workspace, user_id=ADDRESS, name=NAME, role="admin")
    InstancePerson.objects.create(instance=by_hand, user_id=ADDRESS, name=NAME)
    InstancePerson.objects.create(instance=by_hand, user_id=NAME.upper())
    Event.objects.create(run=run, text=f"Answered by {NAME}.")
    step = run.steps.get(kind=Step.Kind.FACTS)
    Step.objects.filter(pk=step.pk).update(facts={"members": [{"name": NAME}, {"name": "Ann"}]})
    sheet = Worksheet.objects.create(item=plan.items.get(), kind="roles", stated_by_name=NAME)
    WorksheetRow.objects.create(worksheet=sheet, key=f"user:{ADDRESS}", cells={"who": NAME})
    archive = Archive.objects.create(
        file="claims.zip",
        size=1,
        sha256="0" * 64,
        workspace_name="Claims",
        facts={"members": [{"id": ADDRESS, "name": NAME}]},
        verified_at=timezone.now(),
    )
    ArchiveHold.objects.create(archive=archive, reason=f"Asked for by {NAME}")
    audit.record(None, "workspace.noted", workspace, by=NAME)
    Receipt.objects.create(
        plan=plan,
        item=plan.items.get(),
        workspace_name="Claims",
        signed_name=NAME,
        is_green=True,
        content={},
        sha256="0" * 64,
    )


def places(terms: Terms = TERMS) -> dict[str, int]:
    """How many rows of each table name the person."""
    return {place.model: count for place, count in look_for(terms, user=None).counts}


def test_a_person_is_found_everywhere(person: None) -> None:
    assert places() == {
        "migrator.Member": 1,
        "migrator.InstancePerson": 2,
        "migrator.WorksheetRow": 1,
        "migrator.Worksheet": 1,
        "migrator.Step": 1,
        "migrator.Event": 1,
        "migrator.Archive": 1,
        "migrator.ArchiveHold": 1,
        "migrator.AuditEntry": 1,
        "migrator.Receipt": 1,
    }
    found = look_for(TERMS, user=None)
    assert [archive.file for archive in found.archives] == ["claims.zip"]
    rows = list(report_rows(found))
    assert rows[-1]["key"] == "claims.zip"
    assert "Delete the archive" in rows[-1]["on_request"]
    assert NAME not in json.dumps(rows, ensure_ascii=False)


@pytest.mark.parametrize("name", ["Jörg Mül", "Müllerin", "Ann Müller", "örg"])
def test_a_part_of_a_word_is_another_person(name: str, person: None) -> None:
    assert set(places(Terms([name]))) == set()


def test_names_in_other_letters_are_found(workspace: Workspace) -> None:
    Member.objects.create(workspace=workspace, user_id="x", name="山田太郎", role="admin")
    assert places(Terms(["山田太郎"])) == {"migrator.Member": 1}


def test_a_person_is_replaced_by_one_pseudonym_wherever_that_is_right(
    person: None, admin_user: User
) -> None:
    done = erase(TERMS, user=admin_user)
    assert set(places()) == {"migrator.AuditEntry", "migrator.Receipt"}
    assert Member.objects.get(role="admin").name == done.pseudonym
    assert Event.objects.filter(text=f"Answered by {done.pseudonym}.").exists()
    facts = Step.objects.get(kind=Step.Kind.FACTS).facts
    assert facts == {"members": [{"name": done.pseudonym}, {"name": "Ann"}]}
    row = WorksheetRow.objects.get()
    assert (row.key, row.cells) == (f"user:{done.pseudonym}", {"who": done.pseudonym})
    ids = set(InstancePerson.objects.values_list("user_id", flat=True))
    assert ids == {done.pseudonym, f"{done.pseudonym}-2"}, "two rows that must not be alike"
    assert audit_chain.check_chain().is_intact
    entry = AuditEntry.objects.get(action="person.erased")
    assert entry.details["pseudonym"] == done.pseudonym
    assert NAME not in json.dumps(entry.details, ensure_ascii=False)


def test_looking_is_noted_without_the_name(person: None, admin_user: User) -> None:
    look_for(TERMS, user=admin_user)
    entry = AuditEntry.objects.get(action="person.looked_for")
    assert NAME not in json.dumps(entry.details, ensure_ascii=False)
    assert entry.details["rows"] == 11


def test_an_account_of_the_person_is_closed(admin_user: User, run: Run) -> None:
    person = users.add_person(user=admin_user, name="jmueller", role="operator", downloads=True)
    User.objects.filter(pk=person.pk).update(email=ADDRESS, first_name="Jörg")
    Run.objects.filter(pk=run.pk).update(started_by=person)
    users.make_token(user=person, name="nightly", days=7)
    done = erase(Terms(["jmueller", ADDRESS]), user=admin_user)
    person.refresh_from_db()
    assert (person.username, person.email, person.first_name) == (done.pseudonym, "", "")
    assert not person.is_active
    assert not person.has_usable_password()
    assert not person.user_permissions.exists()
    assert not person.auth_token_set.exists()
    run.refresh_from_db()
    assert run.started_by == person, "what was started keeps its starter"


def test_an_address_for_messages_goes_with_what_was_chosen(admin_user: User) -> None:
    olga = users.add_person(user=admin_user, name="olga", role="operator")
    choose(user=olga, address=ADDRESS, kinds=["run.failed"], own_runs_only=False)
    told = Notification.objects.create(
        kind="run.failed", subject="run 1", number=1, title="Run 1 failed", path="/runs/1/"
    )
    problem = f"mail.example.com takes no mail for this address (550 <{ADDRESS}> unknown)."
    failed = Delivery.objects.create(
        notification=told, channel="mail", person=olga, problem=problem
    )
    places = {place.model for place, _ in look_for(TERMS, user=admin_user).counts}
    assert places == {"auth.User", "migrator.Delivery"}
    erase(TERMS, user=admin_user)
    olga.refresh_from_db()
    failed.refresh_from_db()
    assert olga.email == ""
    assert ADDRESS not in failed.problem
    assert not NotificationChoice.objects.exists()


def test_neither_oneself_nor_the_only_administrator_is_erased(
    admin_user: User, operator: User
) -> None:
    User.objects.filter(pk=admin_user.pk).update(username="grace.hopper")
    User.objects.filter(pk=operator.pk).update(username="ada.lovelace")
    for user, why in ((admin_user, "their own account"), (None, "the only administrator")):
        with pytest.raises(ServiceError, match=why):
            erase(Terms(["ada.lovelace", "grace.hopper"]), user=user)
    operator.refresh_from_db()
    assert operator.username == "ada.lovelace", "all or nothing"


@pytest.mark.parametrize("word", ["admin", "Running", "worker", "Human annotator", "passphrase"])
def test_a_word_of_the_product_is_not_taken_for_a_person(word: str) -> None:
    with pytest.raises(ServiceError, match="is a word of the product as well"):
        Terms([NAME, word])


def test_names_of_fields_are_left_alone(run: Run) -> None:
    step = run.steps.get(kind=Step.Kind.FACTS)
    Step.objects.filter(pk=step.pk).update(facts={"mark": 1, "a.mark@example.com": {"x": "Mark"}})
    done = erase(Terms(["Mark"]), user=None)
    step.refresh_from_db()
    assert step.facts == {"mark": 1, f"a.{done.pseudonym}@example.com": {"x": done.pseudonym}}


@pytest.mark.parametrize("terms", [[], [" "], ["Al"], [f"name {n}" for n in range(11)]])
def test_what_would_find_everybody_is_refused(terms: list[str]) -> None:
    with pytest.raises(ServiceError, match="Give 1 to 10 names"):
        Terms(terms)


def test_the_command_looks_first_and_erases_when_told_twice(person: None, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text(f"{NAME}\n{ADDRESS}\n")
    looked = command("personal_data", file)
    assert "Members of workspaces" in looked.out
    assert "The audit log: stays." in looked.out
    assert "claims.zip names the person, and stays." in looked.out
    refused = command("personal_data", file, "--erase")
    assert refused.code == 1
    assert "migrator.Member" in places()
    document = command("personal_data", file, "--erase", "--yes", "--json").document
    assert Member.objects.get(role="admin").name == document["pseudonym"]
    assert len(document["entries"]) == 12
