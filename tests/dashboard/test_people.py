"""People and roles of all instances, a source against a target, and the list of reports."""

import csv
import io
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dashboard.people_rows import against
from migrator.models import (
    Instance,
    InstancePerson,
    Member,
    PersonMapping,
    Plan,
    Run,
    Workspace,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(signed_in: Callable[[User], Client], viewer: User) -> Client:
    """A viewer's browser."""
    return signed_in(viewer)


@pytest.fixture
def target() -> Instance:
    """Another instance."""
    return Instance.objects.create(name="Frankfurt", kind=Instance.Kind.BY_HAND)


@pytest.fixture
def people(by_hand: Instance, target: Instance, workspace: Workspace) -> None:
    """Ann in both with another case and role, Bob of a workspace only, Cyd only in the target."""
    listed = [(by_hand, "Ann@x.org", "Admin"), (target, "ann@x.org", "Project manager")]
    listed.append((target, "cyd@x.org", "Admin"))
    for instance, user, role in listed:
        InstancePerson.objects.create(instance=instance, user_id=user, name=user[:3], role=role)
    gone = Workspace.objects.create(
        instance=by_hand, workspace_id="g", name="Gone", language="en", seen_at=timezone.now()
    )
    gone.gone_at = timezone.now()
    gone.save()
    for at, user in ((workspace, "bob@x.org"), (workspace, "ann@x.org"), (gone, "dan@x.org")):
        Member.objects.create(workspace=at, user_id=user, role="human annotator")


def listed(browser: Client, **filters: str) -> dict[str, dict[str, tuple[str, dict[str, int]]]]:
    """Person: instance: role there, and the roles in workspaces."""
    found = browser.get(reverse("people-list"), filters).context["people"]
    return {
        person.user.lower(): {
            place.instance: (place.role, place.in_workspaces) for place in person.places.values()
        }
        for person in found
    }


@pytest.mark.usefixtures("people")
def test_everybody_is_listed_once_with_the_role_in_each_instance(browser: Client) -> None:
    assert listed(browser) == {
        "ann@x.org": {
            "Dallas": ("Admin", {"human annotator": 1}),
            "Frankfurt": ("Project manager", {}),
        },
        "bob@x.org": {"Dallas": ("", {"human annotator": 1})},
        "cyd@x.org": {"Frankfurt": ("Admin", {})},
    }


@pytest.mark.usefixtures("people")
def test_people_are_filtered(browser: Client, target: Instance) -> None:
    assert listed(browser, q="BOB").keys() == {"bob@x.org"}
    assert listed(browser, instance=f"{target.pk}").keys() == {"ann@x.org", "cyd@x.org"}
    assert listed(browser, role="Admin").keys() == {"ann@x.org", "cyd@x.org"}
    assert listed(browser, q="nobody") == {}
    assert listed(browser, paper="yes").keys() == {"ann@x.org", "bob@x.org", "cyd@x.org"}


def rows_of(browser: Client, name: str, **filters: str) -> list[dict[str, str]]:
    """The lines of a download."""
    text = b"".join(browser.get(reverse(name), filters)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.usefixtures("people")
def test_the_download_has_a_line_for_each_person_and_instance(
    browser: Client, by_hand: Instance
) -> None:
    rows = rows_of(browser, "people-csv")
    assert [(row["User"].lower(), row["Instance"]) for row in rows] == [
        ("ann@x.org", "Dallas"),
        ("ann@x.org", "Frankfurt"),
        ("bob@x.org", "Dallas"),
        ("cyd@x.org", "Frankfurt"),
    ]
    only = rows_of(browser, "people-csv", instance=f"{by_hand.pk}")
    assert {row["Instance"] for row in only} == {"Dallas"}


@pytest.mark.usefixtures("people")
def test_a_source_is_held_against_a_target(by_hand: Instance, target: Instance) -> None:
    found = {row.user.lower() or row.user_there: row.result for row in against(by_hand, target)}
    assert found == {"ann@x.org": "other", "bob@x.org": "lacking", "cyd@x.org": "only_there"}


@pytest.mark.usefixtures("people")
def test_who_becomes_whom_in_a_plan_counts(by_hand: Instance, target: Instance) -> None:
    for wanted in ("eve@x.org", "cyd@x.org"):
        plan = Plan.objects.create(purpose=Plan.Purpose.MOVE, source=by_hand, target=target)
        PersonMapping.objects.create(plan=plan, source_user="BOB@x.org", target_user=wanted)
        PersonMapping.objects.create(plan=plan, source_user="ann@x.org", target_user="")
    found = {row.user.lower(): (row.user_there, row.result) for row in against(by_hand, target)}
    assert found["bob@x.org"] == ("cyd@x.org", "other")
    assert found["ann@x.org"] == ("", "left_out")


@pytest.mark.usefixtures("people")
def test_a_target_that_nobody_looked_at_lacks_nobody(by_hand: Instance, target: Instance) -> None:
    InstancePerson.objects.filter(instance=target).delete()
    assert {row.result for row in against(by_hand, target)} == {"unknown"}


@pytest.mark.usefixtures("people")
def test_the_page_of_both_lists_filters_and_downloads(
    browser: Client, by_hand: Instance, target: Instance
) -> None:
    sides = {"source": f"{by_hand.pk}", "target": f"{target.pk}"}
    page = browser.get(reverse("people-against"), sides)
    assert "Not in the target" in page.content.decode()
    shown = browser.get(reverse("people-against"), {**sides, "show": "only_there"})
    assert [row.user_there for row in shown.context["page"].object_list] == ["cyd@x.org"]
    rows = rows_of(browser, "people-against-csv", **sides)
    assert [row["Result"] for row in rows] == [
        "Not in the target",
        "Another role",
        "Only in the target",
    ]
    same = {**sides, "target": f"{by_hand.pk}"}
    assert (
        "Choose another instance" in browser.get(reverse("people-against"), same).content.decode()
    )
    for sent in (same, {"source": "nonsense"}, {}):
        assert browser.get(reverse("people-against-csv"), sent).status_code == 404


def test_every_report_is_listed_in_each_form(browser: Client, run: Run, guided: Plan) -> None:
    text = browser.get(reverse("report-list")).content.decode()
    for form in ("pdf", "csv", "json"):
        assert reverse("run-report-file", args=[run.pk, form]) in text
        assert reverse("plan-report-file", args=[guided.pk, form]) in text
    assert reverse("run-report", args=[run.pk]) in text
    assert reverse("plan-report", args=[guided.pk]) in text
