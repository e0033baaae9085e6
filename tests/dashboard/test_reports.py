"""Reports: the same figures as page, HTML, PDF, CSV and JSON, for anyone who may see the run."""

import io
import json
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from migrator.checks.catalogue import CHECKS
from migrator.models import Archive, CheckResult, Instance, Plan, PlanItem, Run, Workspace
from migrator.pictures.pdf_page import MARK

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Client]
FORMS = ("html", "pdf", "csv", "json")


@pytest.fixture
def plan(archive: Archive, run: Run, by_hand: Instance, admin: User) -> Plan:
    """A guided plan to which the finished backup belongs."""
    Plan.objects.filter(pk=run.plan_id).update(is_guided=True, name="Autumn move")
    return Plan.objects.get(pk=run.plan_id)


def file_of(client: Client, name: str, pk: int, form: str) -> bytes:
    answer = client.get(reverse(name, args=[pk, form]))
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.getvalue()


def text_of(pdf: bytes) -> str:
    reader = PdfReader(io.BytesIO(pdf))
    return "\n".join(page.extract_text() for page in reader.pages)


def test_every_form_of_a_runs_report_holds_its_figures(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    page = client.get(reverse("run-report", args=[run.pk])).content.decode()
    files = {form: file_of(client, "run-report-file", run.pk, form) for form in FORMS}
    shown = {"page": page, "pdf": text_of(files["pdf"])}
    shown |= {form: files[form].decode() for form in ("html", "csv", "json")}
    for form, words in shown.items():
        for wanted in (archive.sha256, "Claims", "Completed", "1 of 1 archives verified", "admin"):
            assert wanted in words, (form, wanted)
    mentions = archive.counts["mentions"]
    assert f"{mentions:,}" in shown["pdf"]
    assert f",{mentions}," in shown["csv"]
    assert f" {mentions}," in shown["json"]


def test_a_pdf_numbers_its_pages_and_says_what_it_is(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    pdf = file_of(signed_in(viewer), "run-report-file", run.pk, "pdf")
    reader = PdfReader(io.BytesIO(pdf))
    count = len(reader.pages)
    assert count > 1
    for number, page in enumerate(reader.pages, start=1):
        assert f"Page {number} of {count}" in page.extract_text()
    assert reader.metadata is not None
    assert reader.metadata.title == "Backup of Claims"
    assert b"IBMPlexSans" in pdf


def test_no_text_of_a_document_is_in_a_report(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    found = archive.findings
    Archive.objects.update(findings=[{**one, "examples": ["a secret sentence"]} for one in found])
    client = signed_in(viewer)
    assert found
    for form in ("html", "csv", "json"):
        assert b"secret" not in file_of(client, "run-report-file", run.pk, form)
    assert "secret" not in text_of(file_of(client, "run-report-file", run.pk, "pdf"))


def test_names_in_every_language_of_knowledge_studio_are_in_the_pdf(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    PlanItem.objects.update(name="Verträge Договоры 契約 テスト 계약")
    pdf = file_of(signed_in(viewer), "run-report-file", run.pk, "pdf")
    assert "Verträge Договоры 契約 テスト 계약" in text_of(pdf)
    assert "signs are shown as" not in text_of(pdf)
    assert b"IBMPlexSansArabic" not in pdf


def test_arabic_names_are_drawn_in_a_font_of_their_own_and_can_be_copied(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    PlanItem.objects.update(name="عقود")
    pdf = file_of(signed_in(viewer), "run-report-file", run.pk, "pdf")
    assert b"IBMPlexSansArabic" in pdf
    assert "عقود" in text_of(pdf)


def test_signs_that_the_pdf_cannot_show_are_said(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    PlanItem.objects.update(name="Claims ไทย")
    pdf = text_of(file_of(signed_in(viewer), "run-report-file", run.pk, "pdf"))
    assert f"Claims {MARK}{MARK}{MARK}" in pdf
    assert "signs are shown as" in pdf
    csv = file_of(signed_in(viewer), "run-report-file", run.pk, "csv")
    assert "ไทย" in csv.decode()


def test_a_formula_in_a_name_stays_text(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    PlanItem.objects.update(name="=HYPERLINK(1)")
    csv = file_of(signed_in(viewer), "run-report-file", run.pk, "csv").decode()
    assert "'=HYPERLINK(1)" in csv
    assert "\n=HYPERLINK" not in csv


def test_hostile_names_stay_text_on_the_page(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    PlanItem.objects.update(name="<script>alert(1)</script>")
    client = signed_in(viewer)
    page = client.get(reverse("run-report", args=[run.pk])).content.decode()
    assert "<script>alert" not in page
    file = file_of(client, "run-report-file", run.pk, "html").decode()
    assert "&lt;script&gt;alert" in file
    assert "<script" not in file


def test_the_html_file_needs_nothing_beside_it(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    file = file_of(signed_in(viewer), "run-report-file", run.pk, "html").decode()
    assert re.search(r"""(src|href)=["'](?!#)|url\(|@import""", file) is None
    used = set(re.findall(r'class="(app-pic-[a-z-]+)', file))
    assert {"app-pic-node", "app-pic-text"} <= used
    assert all(f".{look} {{" in file for look in used)
    ids = re.findall(r' id="([^"]+)"', file)
    assert len(ids) == len(set(ids))


def test_the_json_has_the_figures_of_each_picture(
    archive: Archive, run: Run, viewer: User, signed_in: SignIn
) -> None:
    found = json.loads(file_of(signed_in(viewer), "run-report-file", run.pk, "json"))
    pictures = {one["title"]: one for part in found["sections"] for one in part["pictures"]}
    mentions = pictures["Mentions by entity type"]["figures"]
    assert mentions["columns"][0] == "Entity type"
    assert sum(row[1] for row in mentions["rows"]) == archive.counts["mentions"]
    assert ["Backed up", "Number", archive.counts["documents"], ""] in (
        pictures["Documents from source to proof"]["figures"]["rows"]
    )


def test_the_report_of_a_plan_has_its_run_and_what_stays_behind(
    plan: Plan, archive: Archive, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    page = client.get(reverse("plan-report", args=[plan.pk])).content.decode()
    pdf = text_of(file_of(client, "plan-report-file", plan.pk, "pdf"))
    data = file_of(client, "plan-report-file", plan.pk, "json").decode()
    for words in (page, pdf, data):
        assert "Autumn move" in words
        assert "What stays behind" in words
        assert "Nobody looked at Claims" in words
        assert archive.sha256 in words


def test_a_plan_without_runs_says_so(by_hand: Instance, viewer: User, signed_in: SignIn) -> None:
    bare = Plan.objects.create(name="Bare", purpose="move", source=by_hand, is_guided=True)
    answer = signed_in(viewer).get(reverse("plan-report", args=[bare.pk]))
    assert "Nothing was started yet." in answer.content.decode()


@pytest.mark.parametrize("count", [1, 12])
def test_a_plan_with_a_target_and_every_check_is_written_in_every_form(
    count: int, by_hand: Instance, viewer: User, signed_in: SignIn
) -> None:
    plan = whole_plan(by_hand, count)
    client = signed_in(viewer)
    page = client.get(reverse("plan-report", args=[plan.pk])).content.decode()
    assert page.count("<th scope") < 60
    for form in FORMS:
        assert file_of(client, "plan-report-file", plan.pk, form)
    pdf = " ".join(text_of(file_of(client, "plan-report-file", plan.pk, "pdf")).split())
    for words in ("Checks: figures", f"Workspace {count - 1}", CHECKS[-1].title, "People"):
        assert words in pdf


def whole_plan(source: Instance, count: int) -> Plan:
    """A plan with a target and an answer of every check for each of its workspaces."""
    target = Instance.objects.create(name="Frankfurt", kind=Instance.Kind.BY_HAND)
    plan = Plan.objects.create(
        name="Whole", purpose="move", source=source, target=target, is_guided=True
    )
    for number in range(count):
        item = PlanItem.objects.create(plan=plan, name=f"Workspace {number}")
        CheckResult.objects.bulk_create(
            CheckResult(
                item=item,
                code=check.code,
                state=CheckResult.State.values[place % 5],
                level=check.level,
                source=CheckResult.Source.PLAN,
                looked_at="All of it",
                found="What was found. " * 12,
                fingerprint="f",
                checked_at=timezone.now(),
            )
            for place, check in enumerate(CHECKS)
        )
    return plan


def test_strangers_are_asked_to_sign_in(run: Run, client: Client) -> None:
    for name, *more in (("run-report",), ("run-report-file", "pdf")):
        assert client.get(reverse(name, args=[run.pk, *more])).status_code == 302
    assert client.post(reverse("run-report", args=[run.pk])).status_code == 405


def test_only_known_forms_have_an_address(run: Run, viewer: User, signed_in: SignIn) -> None:
    assert signed_in(viewer).get(f"/runs/{run.pk}/report.exe").status_code == 404


def test_a_large_report_asks_no_more_than_a_small_one(
    plan: Plan, run: Run, by_hand: Instance, viewer: User, signed_in: SignIn
) -> None:
    client = signed_in(viewer)
    addresses = [reverse("run-report", args=[run.pk]), reverse("plan-report", args=[plan.pk])]
    before = [asked(client, address) for address in addresses]
    add_workspaces(run, by_hand, 30)
    assert [asked(client, address) for address in addresses] == before
    assert before[0] <= 12


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def add_workspaces(run: Run, instance: Instance, count: int) -> None:
    """Workspaces of the run that got as far as its first one."""
    first = run.plan.items.get()
    steps = list(run.steps.all())
    archive = Archive.objects.get()
    for number in range(count):
        workspace = Workspace.objects.create(
            instance=instance,
            workspace_id=f"more-{number}",
            name=f"More {number}",
            language="en",
            seen_at=run.started_at,
        )
        item = PlanItem.objects.create(plan=run.plan, workspace=workspace, name=workspace.name)
        for step in steps:
            step.pk, step.item, step.subject = None, item, f"more-{number}"
            step.save(force_insert=True)
        archive.pk, archive.item, archive.file = None, item, f"more-{number}.zip"
        archive.save(force_insert=True)
        warning = CheckResult.State.WARNING
        CheckResult.objects.create(
            item=item,
            code="dictionary_mapping",
            state=warning,
            level=warning,
            source="plan",
            found="3 dictionaries without an entity type.",
            checked_at=run.started_at,
        )
    assert first.pk
