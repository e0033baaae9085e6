"""Settings: what is one's own for everybody, the server's for administrators, tests that say what
was answered, and no secret on any page."""

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from migrator.clients.mail import MailServer
from migrator.models import AuditEntry, Delivery, Notification, NotificationRules
from migrator.services.notifications.channels import rules, set_mail, set_webhook
from migrator.services.notifications.choices import choice_of
from tests.smtp import PASSWORD, USER, Post, post_office

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[User], Client]
_K = Notification.Kind


@pytest.fixture(autouse=True)
def around(settings: Settings) -> None:
    """Messages may go to this machine."""
    settings.NOTIFY_HOSTS = ["127.0.0.1"]


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that nobody set up yet."""
    with post_office(signs_in=True) as office:
        yield office


@pytest.fixture
def hook(httpserver: HTTPServer) -> str:
    """The address of a webhook that answers."""
    httpserver.expect_request("/hook/whistling").respond_with_data("ok")
    return httpserver.url_for("/hook/whistling").replace("localhost", "127.0.0.1")


def typed(post: Post, **changes: str) -> dict[str, str]:
    """What an administrator types into the form."""
    given = {"host": post.host, "port": str(post.port), "security": "none", "user": USER}
    return {**given, "password": PASSWORD, "sender": "m@example.com", **changes}


def text_of(client: Client, name: str) -> str:
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return answer.content.decode()


def test_everybody_finds_their_own_and_no_more(viewer: User, signed_in: SignIn) -> None:
    page = text_of(signed_in(viewer), "settings")
    assert 'href="/settings/" aria-current="page"' in page
    assert "Choose what reaches you" in page
    for word in ("Messages of this server", "How archives are kept", "This server"):
        assert word not in page


def test_an_administrator_finds_the_server(admin: User, signed_in: SignIn) -> None:
    page = text_of(signed_in(admin), "settings")
    for word in ("Messages of this server", "How archives are kept", "Users and tokens"):
        assert word in page
    assert "No archive is deleted by a rule." in page
    assert "1 person, 1 administrator among them" in page
    assert "Not set (SITE_URL)" in page


def test_mail_is_tried_then_saved(admin: User, signed_in: SignIn, post: Post) -> None:
    client = signed_in(admin)
    answer = client.post(
        reverse("settings-mail"), {**typed(post), "to": "me@example.com", "test": "yes"}
    )
    page = answer.content.decode()
    assert "127.0.0.1 took the test message for me@example.com." in page
    assert PASSWORD not in page
    assert not NotificationRules.objects.exists()
    (letter,) = post.letters
    assert letter["Subject"] == "[Migrator] This is a test"
    answer = client.post(reverse("settings-mail"), typed(post))
    assert answer.headers["Location"] == reverse("settings")
    assert rules().mail_user == USER
    page = text_of(client, "settings") + text_of(client, "settings-mail")
    assert f"127.0.0.1, port {post.port}" in page
    assert PASSWORD not in page


def test_a_test_from_a_script_answers_with_its_outcome_alone(
    admin: User, signed_in: SignIn, post: Post
) -> None:
    asked = {**typed(post, password="wrong"), "to": "me@example.com", "test": "yes"}
    answer = signed_in(admin).post(reverse("settings-mail"), asked, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "does not accept the user name and the password (535 " in page
    assert "<form" not in page
    assert "wrong" not in page


def test_what_was_mistyped_is_marked_and_nothing_is_saved(
    admin: User, signed_in: SignIn, post: Post
) -> None:
    answer = signed_in(admin).post(reverse("settings-mail"), typed(post, port="x", sender="me"))
    page = answer.content.decode()
    assert page.count('aria-invalid="true"') == 2
    assert PASSWORD not in page
    answer = signed_in(admin).post(reverse("settings-mail"), typed(post, host="10.1.2.3"))
    assert "The host 10.1.2.3 is not among the hosts" in answer.content.decode()
    assert "NOTIFY_HOSTS" in answer.content.decode()
    assert not NotificationRules.objects.exists()


def test_a_webhook_shows_its_key_once_and_its_address_never(
    admin: User, signed_in: SignIn, hook: str, httpserver: HTTPServer
) -> None:
    client = signed_in(admin)
    address = reverse("settings-webhook")
    answer = client.post(address, {"secret_address": hook, "test": "yes"})
    assert "The webhook took the test message." in answer.content.decode()
    answer = client.post(address, {"secret_address": hook, "kinds": [_K.RUN_FAILED]})
    assert "whsec_" in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert rules().webhook_kinds == ["run.failed"]
    answer = client.post(address, {"kinds": [_K.RUN_FAILED, _K.RUN_WAITS]})
    assert answer.headers["Location"] == reverse("settings")
    client.post(reverse("settings-webhook-test"))
    pages = text_of(client, "settings") + text_of(client, "settings-webhook")
    assert "127.0.0.1" in pages
    assert "whsec_A" not in pages.replace("whsec_</code>", "")
    assert "whistling" not in pages
    assert len(httpserver.log) == 2
    client.post(reverse("settings-webhook-off"))
    assert not rules().calls_webhook
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    wanted = {"set", "off"}
    assert {f"notifications.webhook_{verb}" for verb in wanted} | {
        "notifications.tested"
    } <= actions
    assert "whistling" not in repr(list(AuditEntry.objects.values()))


def test_the_server_says_what_did_not_arrive(
    admin: User, operator: User, signed_in: SignIn, post: Post
) -> None:
    set_mail(post.at(), user=admin)
    NotificationRules.objects.update(mail_problem="mail.example.com did not answer.")
    told = Notification.objects.create(
        kind=_K.RUN_FAILED, subject="run 1", number=1, title="Run 1 failed", path="/runs/1/"
    )
    Delivery.objects.create(
        notification=told,
        channel="mail",
        person=operator,
        state="failed",
        ended_at=timezone.now(),
        problem="No such mailbox.",
    )
    page = text_of(signed_in(admin), "settings")
    for word in ("Does not work", "mail.example.com did not answer.", "No such mailbox."):
        assert word in page
    assert "Messages that did not arrive" in page


def test_each_person_chooses_what_reaches_them(operator: User, signed_in: SignIn) -> None:
    client = signed_in(operator)
    page = text_of(client, "account-messages")
    assert "No mail server is set up." in page
    assert "approval.waits" not in page, "who does not approve is not asked"
    assert 'value="run.waits" id="id_kinds_0" checked' in page
    answer = client.post(reverse("account-messages"), {"address": "nonsense"})
    assert "is no e-mail address" in answer.content.decode()
    given = {"address": "olga@example.com", "kinds": ["run.failed"], "own_runs_only": "on"}
    client.post(reverse("account-messages"), given)
    olga = User.objects.get(pk=operator.pk)
    assert olga.email == "olga@example.com"
    assert choice_of(olga).kinds == {"run.failed"}
    assert choice_of(olga).own_runs_only
    assert "1 kind of event is told to olga@example.com" in text_of(client, "account")


def test_the_settings_ask_the_database_little(
    admin: User,
    signed_in: SignIn,
    hook: str,
    settings: Settings,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    settings.SECOND_PERSON = ["delete"]
    set_mail(
        MailServer(host="127.0.0.1", port=25, security="none", sender="a@b.example"), user=admin
    )
    set_webhook(hook, list(_K), user=admin)
    client = signed_in(admin)
    text_of(client, "settings")
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        text_of(client, "settings")
