"""The assessment of a plan: what needs somebody, accepting, answering, checking again."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from dashboard.check_rows import part_of
from dashboard.views.plan_check import ELSEWHERE
from migrator.checks.check import Group
from migrator.models import (
    CheckResult,
    Dictionary,
    Instance,
    Inventory,
    Plan,
    StepStatus,
    Workspace,
)
from migrator.services import checks, guided_plans
from migrator.services.plans import add_workspace_by_hand
from tests.scanning import scanned_service

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Client]


@pytest.fixture
def connected(admin: User) -> Plan:
    """A plan over three workspaces of a connected instance, two with a read-only dictionary."""
    instance = Instance.objects.create(
        name="Boston", kind=Instance.Kind.CLOUD, connector_enabled=True
    )
    inventory = Inventory.objects.create(instance=instance, finished_at=timezone.now())
    scanned_service(instance)
    rows = [
        Workspace.objects.create(
            instance=instance,
            inventory=inventory,
            workspace_id=name,
            name=name,
            language="en",
            tokenizer="ml",
            documents=3,
            rule_classes=[],
            seen_at=inventory.started_at,
        )
        for name in ("Claims", "Letters", "News")
    ]
    for row in rows[:2]:
        Dictionary.objects.create(workspace=row, name="Drugs", read_only=True, entity_type="DRUG")
    return guided_plans.make_plan(source=instance, workspaces=rows, purpose="backup", user=admin)


def page(client: Client, name: str, plan: Plan, *rest: object, **query: str) -> str:
    """The page's text."""
    answer = client.get(reverse(name, args=[plan.pk, *rest]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def marks(plan: Plan, code: str) -> list[str]:
    """What the form sends of every result of a check."""
    rows = CheckResult.objects.filter(item__plan=plan, code=code).order_by("pk")
    return [f"{row.pk}:{row.answer_mark}" for row in rows]


def send(client: Client, plan: Plan, code: str, **data: object) -> HttpResponse:
    """The form of a check's page."""
    return client.post(  # type: ignore[return-value]
        reverse("plan-assess-check", args=[plan.pk, code]), data, follow=True
    )


def test_what_needs_somebody_stands_first_and_in_the_grid(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    text = page(client, "plan-assess", connected)
    assert "Read-only dictionaries" in text
    assert "2 workspaces: Claims, Letters" in text
    grid = client.get(reverse("plan-assess", args=[connected.pk])).context["grid"]
    assert [row.item.name for row in grid.rows] == ["Claims", "Letters"]
    assert [check.code for check in grid.checks] == ["read_only_dictionaries"]
    whole = client.get(reverse("plan-assess", args=[connected.pk]), {"show": "all"})
    assert len(whole.context["grid"].rows) == 3
    assert len(whole.context["grid"].checks) > 5


def state_of(client: Client, plan: Plan) -> tuple[StepStatus, str]:
    """How far the step is, as its page says."""
    state = client.get(reverse("plan-assess", args=[plan.pk])).context["view"].state
    return state.status, state.summary


def test_accepting_several_at_once_makes_the_step_done(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    assert state_of(client, connected) == (StepStatus.NEEDS_YOU, "2 to accept or answer")
    code = "read_only_dictionaries"
    answer = send(
        client, connected, code, chosen=marks(connected, code)[:2], reason="CSV kept", accept="1"
    )
    assert "2 results are accepted" in answer.content.decode()
    assert state_of(client, connected) == (StepStatus.DONE, "Nothing open")
    text = page(client, "plan-assess-check", connected, code)
    assert "Accepted by operator" in text
    assert "CSV kept" in text


def test_a_reason_that_is_missing_keeps_what_was_ticked(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    answer = send(client, connected, code, chosen=marks(connected, code)[:1], accept="1")
    text = answer.content.decode()
    assert "Reason is missing." in text
    assert text.count(" checked>") == 1
    assert not CheckResult.objects.accepted().exists()


def test_what_changed_meanwhile_is_refused_in_words(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    seen = marks(connected, code)
    Dictionary.objects.update(name="Other")
    checks.run_checks(connected)
    answer = send(client, connected, code, chosen=seen[:1], reason="Fine", accept="1")
    assert "What was found has changed since you saw it." in answer.content.decode()


def test_a_lapsed_acceptance_is_seen(connected: Plan, operator: User, signed_in: SignIn) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    send(client, connected, code, chosen=marks(connected, code)[:2], reason="CSV kept", accept="1")
    Dictionary.objects.update(name="Other")
    checks.run_checks(connected)
    assert "2 acceptances lapsed" in page(client, "plan-assess", connected)
    assert "Lapsed:" in page(client, "plan-assess-check", connected, code)


def test_an_acceptance_is_taken_back(connected: Plan, operator: User, signed_in: SignIn) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    send(client, connected, code, chosen=marks(connected, code)[:1], reason="CSV kept", accept="1")
    accepted = CheckResult.objects.accepted().get()
    client.post(reverse("plan-assess-withdraw", args=[connected.pk, accepted.pk]))
    assert not CheckResult.objects.accepted().exists()


def test_a_question_is_answered_for_several_workspaces_at_once(
    guided: Plan, by_hand: Instance, admin: User, signed_in: SignIn
) -> None:
    other = add_workspace_by_hand(instance=by_hand, user=admin, name="News", language="en")
    plan = guided_plans.make_plan(
        source=by_hand,
        workspaces=[guided.items.get().workspace, other],  # type: ignore[list-item]
        purpose="move",
        user=admin,
    )
    client, code = signed_in(admin), "deployed_models"
    text = page(client, "plan-assess-check", plan, code)
    assert "Are models of this workspace deployed?" in text
    # What is the same for both is said once.
    assert text.count("Dallas is served by hand") == 1
    empty = send(client, plan, code, chosen=marks(plan, code), answer="1")
    assert "Choose one of the answers." in empty.content.decode()
    send(client, plan, code, chosen=marks(plan, code), value="yes", names="1.0\n1.1", answer="1")
    rows = CheckResult.objects.filter(item__plan=plan, code=code)
    assert {tuple(row.items) for row in rows} == {("1.0", "1.1")}
    answered = page(client, "plan-assess-check", plan, code)
    assert "As admin said on" in answered
    # What a person said is known: it is accepted as it is, or answered again.
    assert "Or go on without knowing" in text
    assert "Accept it as it is" in answered
    assert "Answer again" in answered


def test_nobody_can_go_on_while_something_is_unknown(
    guided: Plan, admin: User, signed_in: SignIn
) -> None:
    status, summary = state_of(signed_in(admin), guided)
    assert status == StepStatus.NEEDS_YOU
    assert "to accept or answer" in summary


def test_a_warning_about_the_workspace_stands_on_its_page(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    item = connected.items.order_by("pk")[0]
    text = page(signed_in(operator), "plan-assess-item", connected, item.pk)
    assert "Checks of Claims" in text
    assert text.index("Read-only dictionaries") < text.index("Work in progress")
    assert "Not due yet" in text


def test_checking_again_says_what_changed(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    run = reverse("plan-assess-run", args=[connected.pk])
    assert "nothing has changed" in client.post(run, follow=True).content.decode()
    Dictionary.objects.update(read_only=False)
    item = connected.items.order_by("pk")[0]
    answer = client.post(run, {"item": item.pk}, follow=True)
    assert "1 result is different from before." in answer.content.decode()
    answer = client.post(run, {"code": "read_only_dictionaries"}, follow=True)
    assert "1 result is different from before." in answer.content.decode()


def test_the_source_is_read_again_once_and_the_page_waits_for_it(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    read = reverse("plan-assess-read", args=[connected.pk])
    Inventory.objects.create(instance=connected.source)  # type: ignore[misc]
    assert "already under way" in client.post(read, follow=True).content.decode()
    assert "is being read again" in page(client, "plan-assess", connected)
    reading = reverse("plan-assess-reading", args=[connected.pk])
    assert "HX-Refresh" not in client.get(reading).headers
    Inventory.objects.update(finished_at=timezone.now())
    assert client.get(reading).headers["HX-Refresh"] == "true"


def test_what_was_read_after_the_checks_puts_them_out_of_date(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    Workspace.objects.update(seen_at=timezone.now())
    status, _ = state_of(signed_in(operator), connected)
    assert status == StepStatus.OUT_OF_DATE


def test_a_plan_that_was_never_checked_offers_to(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    CheckResult.objects.all().delete()
    client = signed_in(operator)
    assert state_of(client, connected)[0] == StepStatus.NOT_STARTED
    assert "Check 3 workspaces" in page(client, "plan-assess", connected)


def test_a_viewer_sees_and_changes_nothing(
    connected: Plan, viewer: User, signed_in: SignIn
) -> None:
    client, code = signed_in(viewer), "read_only_dictionaries"
    text = page(client, "plan-assess-check", connected, code)
    assert "Accept" not in text.replace("Accepted", "")
    for data in ({"accept": "1", "reason": "Fine"}, {"answer": "1", "value": "no"}):
        answer = client.post(reverse("plan-assess-check", args=[connected.pk, code]), data)
        assert answer.status_code == 403


def test_a_row_says_what_was_found_and_not_what_is_looked_at(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    row = Dictionary.objects.first()
    assert row is not None
    for name in ("Harbours", "Ports", "Ships"):
        Dictionary.objects.create(
            workspace=row.workspace, dictionary_id=name, name=name, read_only=True, entity_type="X"
        )
    checks.run_checks(connected)
    text = page(signed_in(operator), "plan-assess", connected)
    assert "4 dictionaries read-only, in no download." in text
    assert "Drugs; Harbours; Ports; and 1 more" in text
    assert "<strong>Letters:</strong> 1 dictionary read-only" in text


def test_where_it_is_mended_is_the_way_to_go_and_accepting_stands_folded_away(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    text = page(client, "plan-assess-check", connected, "read_only_dictionaries")
    remedy = text.index("Deal with it in: ")
    assert "cds--btn--primary" in text[text.rindex("<a ", 0, remedy) : remedy]
    assert '<details class="app-more app-section app-decide">' in text
    # What can only be accepted is accepted at once.
    Workspace.objects.update(tokenizer="dictionary")
    checks.run_checks(connected)
    text = page(client, "plan-assess-check", connected, "tokenizer")
    assert 'id="accept-title">Accept it as it is' in text
    assert '<details class="app-more app-section app-decide' not in text
    answer = send(
        client, connected, "read_only_dictionaries", chosen=marks(connected, "tokenizer"), accept=1
    )
    assert '<details class="app-more app-section app-decide" open>' in answer.content.decode()


def test_what_could_not_be_checked_is_counted_as_that_at_any_level(
    guided: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    tiles = client.get(reverse("plan-assess", args=[guided.pk])).context["tallies"]
    counts = {tile.words: tile.count for tile in tiles}
    unknown = CheckResult.objects.filter(item__plan=guided, state="could_not_check")
    assert unknown.filter(level="note").exists()
    assert (counts["could not be checked"], counts["notes"]) == (unknown.count(), 0)
    text = page(client, "plan-assess-check", guided, "snapshots_stay")
    assert "Does this workspace have snapshots of a model?" in text
    assert "Tell what you see in Knowledge Studio" in text
    chosen = marks(guided, "snapshots_stay")
    send(client, guided, "snapshots_stay", chosen=chosen, value="no", answer="1")
    assert "Answer again" in page(client, "plan-assess-check", guided, "snapshots_stay")


def test_a_lapsed_acceptance_says_what_was_and_what_is(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    send(client, connected, code, chosen=marks(connected, code)[:1], reason="Fine", accept="1")
    Dictionary.objects.update(name="Poisons")
    checks.run_checks(connected)
    text = page(client, "plan-assess-check", connected, code)
    assert "Before: 1 dictionary read-only, in no download. Drugs" in text
    assert "Now: 1 dictionary read-only, in no download. Poisons" in text


def test_the_reason_given_in_assess_is_offered_where_the_same_is_waived(
    connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client, code = signed_in(operator), "read_only_dictionaries"
    item = connected.items.order_by("pk")[0]
    sheet = reverse("plan-worksheet", args=[item.pk, "read_only"])
    assert "As you said it in Assess." not in client.get(sheet).content.decode()
    send(client, connected, code, chosen=marks(connected, code)[:2], reason="CSV kept", accept="1")
    text = client.get(sheet).content.decode()
    assert "required>CSV kept</textarea>" in text
    assert "As you said it in Assess." in text


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_check_leads_to_where_it_is_dealt_with(
    code: str, connected: Plan, operator: User, signed_in: SignIn
) -> None:
    client = signed_in(operator)
    address, title = ELSEWHERE[code]
    assert f"Deal with it in: {escape(title)}" in page(client, "plan-assess-check", connected, code)
    assert client.get(reverse(address, args=[connected.pk])).status_code == 200


def test_a_check_that_there_is_not_is_not_found(
    connected: Plan, viewer: User, signed_in: SignIn
) -> None:
    address = reverse("plan-assess-check", args=[connected.pk, "horoscope"])
    assert signed_in(viewer).get(address).status_code == 404


def test_the_checks_of_one_group_can_stand_on_another_page(connected: Plan) -> None:
    parts = part_of(connected, Group.DICTIONARIES)
    assert [part.group for part in parts] == [Group.DICTIONARIES]
    assert parts[0].open_count == 2
    assert {row.check.group for row in parts[0].rows} == {Group.DICTIONARIES}


def test_the_grid_is_the_picture_of_the_report_too(
    connected: Plan, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    answer = client.get(reverse("plan-assess", args=[connected.pk]), {"show": "all"})
    picture = answer.context["grid"].picture
    assert picture.is_drawn
    assert picture.title in answer.content.decode()
    report = client.get(reverse("plan-report", args=[connected.pk])).context["report"]
    (same,) = [one for part in report.sections for one in part.pictures if one.title == "Checks"]
    assert {tuple(row) for row in picture.table.rows} == {tuple(row) for row in same.table.rows}
    problems = client.get(reverse("plan-assess", args=[connected.pk])).context["grid"].picture
    assert {row[1] for row in problems.table.rows} <= {*OPEN, "Passed", "Note", "Not due yet"}
    assert len(problems.table.rows) < len(picture.table.rows)


OPEN = ("Blocking", "Warning", "Could not check")
