"""The pages of the worksheets and of people: what they show, store and refuse."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from migrator.models import InstancePerson, Plan, PlanItem, Worksheet, Workspace
from migrator.services.worksheets import editing, filling, settling
from migrator.services.worksheets.columns import SHEETS

pytestmark = pytest.mark.django_db(transaction=True)

K = Worksheet.Kind
SignedIn = Callable[[User], Client]


@pytest.fixture
def item(guided: Plan) -> PlanItem:
    """The plan's one workspace."""
    return guided.items.get()


def page(item: PlanItem, kind: str, verb: str = "") -> str:
    """The address of a worksheet's page, or of one of its verbs."""
    return reverse(f"plan-worksheet{verb and '-'}{verb}", args=[item.pk, kind])


def upload(content: str | bytes, name: str = "list.csv") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())


def messages_of(client: Client, address: str) -> str:
    """What the page that follows tells."""
    return client.get(address).content.decode()


def test_looking_stores_nothing(
    guided: Plan, item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    assert client.get(reverse("plan-capture", args=[guided.pk])).status_code == 200
    for kind in SHEETS:
        assert client.get(page(item, kind)).status_code == 200
        assert client.get(page(item, kind, "csv")).status_code == 200
    assert not Worksheet.objects.exists()


def test_a_worksheet_is_filled_edited_and_completed(
    guided: Plan, item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    client.post(reverse("plan-capture-fill", args=[guided.pk]))
    address = page(item, K.ROLES)
    client.post(page(item, K.ROLES, "row"), {"user": "ann@example.com", "role": "Admin"})
    assert "ann@example.com" in client.get(address).content.decode()
    client.post(page(item, K.ROLES, "state"), {"say": "complete"})
    sheet = Worksheet.objects.get(item=item, kind=K.ROLES)
    assert (sheet.state, sheet.stated_by) == ("complete", operator)
    answer = client.get(reverse("plan-capture", args=[guided.pk]))
    assert answer.context["settled"] == 1


def test_completing_all_at_once_names_the_worksheets_and_is_kept_with_each(
    guided: Plan, item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    capture, all_of = (
        reverse(name, args=[guided.pk]) for name in ("plan-capture", "plan-capture-complete")
    )
    assert "Complete all" not in client.get(capture).content.decode()
    client.post(page(item, K.ROLES, "row"), {"user": "ann@example.com", "role": "Admin"})
    client.post(page(item, K.MAPPINGS, "row"), {"dictionary": "Harbours", "entity_type": "Place"})
    client.post(page(item, K.READ_ONLY, "row"), {"dictionary": "Berths"})
    text = client.get(capture).content.decode()
    assert "Complete all that lack nothing: 2 worksheets" in text
    assert f"{item.name}: user roles</a>" in text
    assert f"{item.name}: read-only dictionaries</a>" not in text
    client.post(all_of)
    done = Worksheet.objects.filter(item=item, state="complete")
    assert {sheet.reason for sheet in done} == {
        "Completed together with 1 more, by “Complete all”."
    }
    assert "Complete all" not in client.get(capture).content.decode(), "nothing is left"


def test_a_bad_cell_is_said_at_its_field_and_nothing_is_lost(
    item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    given = {"task": "Autumn", "set": "Letters", "due": "someday"}
    answer = client.post(page(item, K.TASKS, "row"), given)
    shown = answer.content.decode()
    assert "Due is no date: someday" in shown
    assert 'value="Letters"' in shown
    assert 'id="id_due-error"' in shown
    assert not Worksheet.objects.get(item=item, kind=K.TASKS).rows.exists()


def test_a_csv_goes_out_and_in(item: PlanItem, operator: User, signed_in: SignedIn) -> None:
    client = signed_in(operator)
    bring = page(item, K.ROLES, "bring")
    client.post(bring, {"files": upload("User;Role\nann;Admin\n=1+1;admin\n")})
    written = client.get(page(item, K.ROLES, "csv")).content.decode()
    assert "'=1+1" in written
    client.post(bring, {"files": upload(written)})
    sheet = Worksheet.objects.get(item=item, kind=K.ROLES)
    assert [row.cell("user") for row in sheet.rows.all()] == ["ann", "=1+1"]
    client.post(bring, {"files": upload("User,Role\nx,Boss\n")})
    assert "Line 2: Role is none of the choices" in messages_of(client, page(item, K.ROLES))
    assert sheet.rows.count() == 2


def test_an_original_file_is_attached_downloaded_and_removed(
    item: PlanItem, operator: User, viewer: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    client.post(page(item, K.READ_ONLY, "row"), {"dictionary": "Drugs", "source": "Wiki"})
    content = "lemma,poscode,surface\naspirin,3,aspirin\n"
    client.post(page(item, K.READ_ONLY, "attach"), {"files": upload(content, "../drugs.csv")})
    sheet = Worksheet.objects.get(item=item, kind=K.READ_ONLY)
    file = sheet.files.get()
    assert (file.name, file.row) == ("drugs.csv", sheet.rows.get())
    address = reverse("plan-worksheet-file", args=[item.pk, K.READ_ONLY, file.pk])
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == content.encode()  # type: ignore[attr-defined]
    assert 'attachment; filename="drugs.csv"' in answer.headers["Content-Disposition"]
    assert signed_in(viewer).get(address).status_code == 403
    client.post(reverse("plan-worksheet-detach", args=[item.pk, K.READ_ONLY, file.pk]))
    assert not sheet.files.exists()


def test_a_settled_worksheet_offers_no_change(
    item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    sheet = editing.worksheet_of(item, K.RULES)
    settling.waive(sheet, user=operator, reason="There is no rule-based model.")
    client = signed_in(operator)
    shown = client.get(page(item, K.RULES)).content.decode()
    assert "There is no rule-based model." in shown
    assert page(item, K.RULES, "row") not in shown
    client.post(page(item, K.RULES, "row"), {"sort": "Rule", "name": "x"})
    assert not sheet.rows.exists()


def test_nothing_of_an_archived_plan_changes(
    guided: Plan, item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    Plan.objects.update(archived_at=timezone.now())
    client = signed_in(operator)
    client.post(page(item, K.ROLES, "row"), {"user": "ann"})
    client.post(page(item, K.ROLES, "bring"), {"files": upload("User\nann\n")})
    client.post(reverse("plan-people-map", args=[guided.pk]), {"source": "a", "target": "b"})
    assert not Worksheet.objects.filter(rows__isnull=False).exists()
    assert not guided.person_mappings.exists()


def test_people_are_mapped_and_the_map_goes_out_and_in(
    guided: Plan, item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    sheet = editing.worksheet_of(item, K.ROLES)
    for user, role in (("ann", "Human annotator"), ("bob", "Admin"), ("eve", "Admin")):
        editing.save_row(sheet, {"user": user, "role": role}, user=operator)
    guided.target = guided.source
    guided.purpose = Plan.Purpose.MOVE
    guided.save()
    assert guided.target is not None
    for user, role in (("ann", "Admin"), ("robert", "Project manager"), ("zoe", "Admin")):
        InstancePerson.objects.create(instance=guided.target, user_id=user, role=role)
    client = signed_in(operator)
    address = reverse("plan-people", args=[guided.pk])
    client.post(
        reverse("plan-people-map", args=[guided.pk]),
        {"source": ["ann", "bob"], "target": ["ann", "robert"], "role": ["Human annotator", ""]},
    )
    effects = {
        c.person.user: (c.target_user, c.effect) for c, _ in client.get(address).context["rows"]
    }
    assert effects == {"ann": ("ann", "keeps"), "bob": ("robert", "raise"), "eve": ("eve", "add")}
    assert [p.user_id for p in client.get(address).context["others"]] == ["zoe"]
    listed = client.get(reverse("plan-people-csv", args=[guided.pk]), {"of": "target"})
    there = listed.content.decode()
    client.post(
        reverse("plan-people-bring", args=[guided.pk]), {"files": upload(there), "of_target": "on"}
    )
    assert client.get(reverse("plan-people-csv", args=[guided.pk]), {"of": "target"}).content == (
        listed.content
    )
    written = client.get(reverse("plan-people-csv", args=[guided.pk])).content.decode()
    changed = written.replace("eve,Admin\r\n", "leave out,\r\n")
    bring = reverse("plan-people-bring", args=[guided.pk])
    client.post(bring, {"files": upload(changed)})
    rows = client.get(address).context["rows"]
    assert {c.person.user: c.effect for c, _ in rows}["eve"] == "left_out"
    client.post(bring, {"files": upload("Source user,Target user\nnobody,x\nann,a\nann,b\n")})
    told = messages_of(client, address)
    assert "Line 2: nobody is in no worksheet" in told
    assert "Line 4: ann stands there twice" in told


def test_twenty_workspaces_cost_no_more_queries_than_one(
    guided: Plan, workspace: Workspace, operator: User, signed_in: SignedIn
) -> None:
    for number in range(20):
        other = Workspace.objects.create(
            instance=workspace.instance,
            workspace_id=f"w{number}",
            name=f"W {number}",
            language="en",
            seen_at=timezone.now(),
        )
        PlanItem.objects.create(plan=guided, workspace=other, name=other.name)
    filling.fill_plan(guided, user=operator)
    item = guided.items.first()
    assert item is not None
    sheet = Worksheet.objects.get(item=item, kind=K.ROLES)
    lines = [{"user": f"user {n}", "role": "Admin"} for n in range(60)]
    editing.save_rows(sheet, lines, user=operator)
    client = signed_in(operator)
    addresses = [
        reverse("plan-capture", args=[guided.pk]),
        reverse("plan-people", args=[guided.pk]),
        page(item, K.ROLES),
    ]
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert len(queries) <= 12, address


def test_a_kind_that_is_none_is_not_found(
    item: PlanItem, operator: User, signed_in: SignedIn
) -> None:
    client = signed_in(operator)
    assert client.get(f"/plans/worksheets/{item.pk}/nonsense").status_code == 404
    assert client.post(f"/plans/worksheets/{item.pk}/nonsense/row").status_code == 404


@pytest.mark.parametrize(
    ("said", "read"),
    [("IN_PROGRESS", "In progress"), ("not_started", "Not started"), ("With Mary", "With Mary")],
)
def test_the_state_of_a_task_stands_in_words(
    item: PlanItem, viewer: User, signed_in: SignedIn, said: str, read: str
) -> None:
    sheet = Worksheet.objects.create(item=item, kind=K.TASKS)
    sheet.rows.create(cells={"task": "Autumn", "set": "Half", "state": said})
    shown = signed_in(viewer).get(page(item, K.TASKS)).content.decode()
    assert f">{read}</td>" in shown
    exported = signed_in(viewer).get(page(item, K.TASKS, "csv")).getvalue().decode()
    assert said in exported, "a file that comes back changes nothing"
