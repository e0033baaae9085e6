"""Instances, and starting backups and restores."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from migrator.models import Archive, Credential, Instance, Plan, PlanItem, Run, Workspace
from migrator.services.archives import delete_archive

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = "https://eu-de.knowledge-studio.watson.cloud.ibm.com/knowledge-studio/tools/app/eu-de/t"


@pytest.fixture
def browser(signed_in: Callable[[User], Client], admin: User) -> Client:
    """The administrator's browser."""
    return signed_in(admin)


def test_a_pasted_address_is_cleaned_and_the_credential_never_shown(browser: Client) -> None:
    address = reverse("instance-add-kind", args=["cloud"])
    browser.post(
        address,
        {
            "name": "Frankfurt",
            "address": f"{ADDRESS}/ui/#/workspaces",
            "credential_kind": "apikey",
            "apikey": "a-secret-key-of-somebody",
        },
    )
    instance = Instance.objects.get()
    assert instance.address == ADDRESS
    assert instance.credential is not None
    assert b"a-secret-key" not in bytes(instance.credential.sealed)
    for name in ("instance-detail", "instance-change", "instance-credential"):
        assert "a-secret-key" not in browser.get(reverse(name, args=[instance.pk])).content.decode()


def test_a_refused_form_does_not_send_the_secret_back(browser: Client) -> None:
    address = reverse("instance-add-kind", args=["cloud"])
    answer = browser.post(
        address,
        {
            "name": "Frankfurt",
            "address": "no address",
            "credential_kind": "apikey",
            "apikey": "a-secret-key",
        },
    )
    assert answer.status_code == 200
    assert "a-secret-key" not in answer.content.decode()
    assert not Credential.objects.exists()
    assert not Instance.objects.exists()


def test_half_a_credential_is_refused_beside_its_field(browser: Client) -> None:
    address = reverse("instance-add-kind", args=["cloud"])
    given = {"name": "F", "address": ADDRESS, "credential_kind": "session", "xsrf_token": "x"}
    assert "Watson-DPAT is missing." in browser.post(address, given).content.decode()
    assert not Instance.objects.exists()


def test_an_instance_may_be_added_without_a_credential(browser: Client) -> None:
    address = reverse("instance-add-kind", args=["cloud"])
    browser.post(address, {"name": "F", "address": ADDRESS, "skip_credential": "1"})
    assert Instance.objects.get().credential is None


def test_a_host_that_is_not_allowed_is_refused_in_a_sentence(browser: Client) -> None:
    address = reverse("instance-add-kind", args=["cloud"])
    given = {"name": "F", "address": "https://10.0.0.1/knowledge-studio/tools/app/x/y"}
    answer = browser.post(address, {**given, "skip_credential": "1"})
    assert "cds--inline-notification--error" in answer.content.decode()
    assert not Instance.objects.exists()


def test_a_name_is_given_once(browser: Client, by_hand: Instance) -> None:
    answer = browser.post(reverse("instance-add-kind", args=["by_hand"]), {"name": by_hand.name})
    assert "already an instance named Dallas" in answer.content.decode()


def test_an_unknown_kind_is_not_found(browser: Client) -> None:
    assert browser.get(reverse("instance-add-kind", args=["cassette"])).status_code == 404


def test_an_instance_with_runs_is_kept(browser: Client, run: Run, by_hand: Instance) -> None:
    answer = browser.post(reverse("instance-delete", args=[by_hand.pk]), follow=True)
    assert "runs belong to it" in answer.content.decode()
    assert Instance.objects.filter(pk=by_hand.pk).exists()


def test_deleting_an_instance_says_first_what_goes_and_what_stays(
    browser: Client, by_hand: Instance
) -> None:
    text = browser.get(reverse("instance-delete", args=[by_hand.pk])).content.decode()
    assert "This goes" in text
    assert "This stays" in text
    browser.post(reverse("instance-delete", args=[by_hand.pk]))
    assert not Instance.objects.exists()


def test_a_backup_by_hand_begins_with_a_name_and_a_language(
    browser: Client, by_hand: Instance
) -> None:
    address = reverse("backup-new", args=[by_hand.pk])
    answer = browser.post(address, {"name": "Claims", "language": "de", "tokenizer": "ml"})
    run = Run.objects.get()
    assert answer.headers["Location"] == reverse("run-detail", args=[run.pk])
    assert Workspace.objects.get().language == "de"


def test_a_backup_needs_a_workspace(
    browser: Client, by_hand: Instance, workspace: Workspace
) -> None:
    answer = browser.post(reverse("backup-new", args=[by_hand.pk]), {"go": "1"})
    assert "Choose at least one workspace." in answer.content.decode()
    assert not Run.objects.exists()


def test_a_workspace_of_another_instance_is_not_taken(
    browser: Client, by_hand: Instance, workspace: Workspace
) -> None:
    other = Instance.objects.create(name="Other", kind=Instance.Kind.BY_HAND)
    address = reverse("backup-new", args=[other.pk])
    assert browser.post(address, {"workspaces": [workspace.pk]}).status_code == 200
    assert not Run.objects.exists()


def test_one_instance_needs_no_choice(browser: Client, by_hand: Instance) -> None:
    answer = browser.get(reverse("backup-start"))
    assert answer.headers["Location"] == reverse("backup-new", args=[by_hand.pk])


def test_a_restore_is_reviewed_before_it_starts(
    browser: Client, archive: Archive, by_hand: Instance
) -> None:
    address = reverse("restore-into", args=[archive.pk, by_hand.pk])
    given = {"into": "new", "name": "Claims copy", "tokenizer": "ml"}
    review = browser.post(address, given).headers["Location"]
    text = browser.get(review).content.decode()
    assert "This will not" in text
    assert "Claims copy" in text
    assert "create 1 workspace" in text
    assert "bring 12 documents" in text
    assert "Target not inspected" in text
    assert Run.objects.count() == 1
    assert 'value="Claims copy"' in browser.get(address).content.decode()
    started = browser.post(review)
    run = Run.objects.get(kind=Run.Kind.RESTORE)
    assert started.headers["Location"] == reverse("run-detail", args=[run.pk])
    assert browser.get(review).headers["Location"] == started.headers["Location"]
    item = run.plan.items.get()
    assert (item.name, item.target_tokenizer, item.target_language) == ("Claims copy", "ml", "en")


def test_a_draft_is_replaced_and_keeps_no_archive(
    browser: Client, archive: Archive, by_hand: Instance, admin: User
) -> None:
    address = reverse("restore-into", args=[archive.pk, by_hand.pk])
    for name in ("First", "Second"):
        browser.post(address, {"into": "new", "name": name, "tokenizer": "ml"})
    assert [item.name for item in archive.restores.all()] == ["Second"]
    delete_archive(archive, user=admin)
    assert not Archive.objects.exists()
    assert not Plan.objects.drafts().exists()


def test_only_workspaces_of_the_same_language_are_offered(
    browser: Client, archive: Archive, by_hand: Instance, workspace: Workspace
) -> None:
    address = reverse("restore-into", args=[archive.pk, by_hand.pk])
    assert "Claims (existing)" in browser.get(address).content.decode()
    Workspace.objects.update(language="ja")
    assert "Claims (existing)" not in browser.get(address).content.decode()
    given = {"into": workspace.workspace_id}
    assert browser.post(address, given).status_code == 200
    assert not Run.objects.filter(kind=Run.Kind.RESTORE).exists()


def test_dictionaries_are_mapped_to_types_of_the_archive(
    browser: Client, archive: Archive, by_hand: Instance
) -> None:
    address = reverse("restore-into", args=[archive.pk, by_hand.pk])
    form = browser.get(address).context["form"]
    label = form.fields["type_0"].choices[1][0]
    given = {"into": "new", "name": "Copy", "tokenizer": "ml", "type_0": label}
    browser.post(address, given)
    item = PlanItem.objects.get(name="Copy")
    assert item.mappings == [{"dictionary": form.dictionaries[0], "entity_type": label}]


def test_home_puts_what_waits_first(browser: Client, run: Run) -> None:
    text = browser.get(reverse("home")).content.decode()
    assert text.index("Needs you") < text.index("Backup of Claims") < text.index("least protected")
    assert 'app-nav__count">1' in text


def test_an_empty_home_names_the_first_step(browser: Client) -> None:
    text = browser.get(reverse("home")).content.decode()
    assert "Nothing is protected yet" in text
    assert reverse("instance-add") in text


def test_workspaces_are_filtered(browser: Client, workspace: Workspace) -> None:
    address = reverse("workspace-list")
    assert "Claims" in browser.get(address, {"protection": "never", "q": "clai"}).content.decode()
    nothing = browser.get(address, {"protection": "verified"}).content.decode()
    assert "No workspace fits these filters" in nothing


def test_nobodys_language_is_guessed(browser: Client, by_hand: Instance) -> None:
    address = reverse("backup-new", args=[by_hand.pk])
    answer = browser.post(address, {"name": "Claims", "language": "", "tokenizer": "ml"})
    text = answer.content.decode()
    assert "Choose the language." in text
    assert '<option value="" selected>Choose</option>' in text
    assert not Workspace.objects.exists()
    asked = {"purpose": "backup", "new_names": "Letters"}
    answer = browser.post(reverse("plan-new", args=[by_hand.pk]), asked)
    assert "Choose the language of the workspaces." in answer.content.decode()


def test_starting_a_backup_stands_under_runs(browser: Client, by_hand: Instance) -> None:
    text = browser.get(reverse("backup-new", args=[by_hand.pk])).content.decode()
    here = re.findall(r'href="([^"]+)" aria-current="page"', text)
    assert set(here) == {reverse("run-list")}
