"""Notifications: told once, to whom it concerns, tried for a day, and never in the way of a run."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import resolve
from django.utils import timezone
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from migrator import tasks
from migrator.clients.mail import AddressRefused
from migrator.errors import ServiceError, SessionLost
from migrator.models import (
    Approval,
    Archive,
    AuditEntry,
    Channel,
    Credential,
    Delivery,
    Instance,
    ModelScan,
    ModelService,
    Notification,
    NotificationRules,
    Run,
    ServedModel,
    Step,
    Verification,
)
from migrator.services import approvals, queue, retrying, runs
from migrator.services.archives import verify_archive
from migrator.services.drive import drive
from migrator.services.model_services import link_model_service
from migrator.services.notifications import watching, words
from migrator.services.notifications.channels import (
    rules,
    set_mail,
    set_webhook,
    try_mail,
    try_webhook,
    turn_mail_off,
    turn_webhook_off,
)
from migrator.services.notifications.choices import choice_of, choose
from migrator.services.notifications.sending import send_due_deliveries
from migrator.services.steps import record_failure
from migrator.services.users import Role, add_person
from tests.smtp import NOBODY, PASSWORD, USER, Post, post_office

pytestmark = pytest.mark.django_db(transaction=True)

_K = Notification.Kind


@pytest.fixture(autouse=True)
def around(settings: Settings) -> Iterator[None]:
    """Messages may go to this machine; nothing is sent by a broker."""
    settings.NOTIFY_HOSTS = ["127.0.0.1"]
    settings.SITE_URL = "https://migrator.example.com"
    with queue.in_process():
        yield


@pytest.fixture
def post() -> Iterator[Post]:
    """A mail server that is set up."""
    with post_office(signs_in=True) as office:
        set_mail(office.at(user=USER, password=PASSWORD), user=None)
        yield office


@pytest.fixture
def hook(httpserver: HTTPServer) -> HTTPServer:
    """A webhook that is set up for every kind of event."""
    httpserver.expect_request("/hook").respond_with_data("ok")
    set_webhook(httpserver.url_for("/hook").replace("localhost", "127.0.0.1"), list(_K), user=None)
    return httpserver


@pytest.fixture
def olga(operator: User) -> User:
    """An operator who reads mail."""
    choose(
        user=operator,
        address="olga@example.com",
        kinds=[kind for kind in _K if kind != _K.RUN_DONE],
        own_runs_only=False,
    )
    return operator


def deliver_what_is_due() -> None:
    """As the beat and the workers do."""
    for pk in list(Delivery.objects.due().values_list("pk", flat=True)):
        tasks.deliver(pk)


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def earlier(**ago: float) -> None:
    """Let everything that was told have been told so long ago, and be due."""
    moment = timezone.now() - timedelta(**ago)
    Notification.objects.update(at=moment)
    Delivery.objects.update(next_at=moment)


def test_a_run_that_waits_is_told_once_an_hour(run: Run, olga: User, post: Post) -> None:
    drive(run)
    assert run.steps.filter(status=Step.Status.WAITING).count() > 1
    deliver_what_is_due()
    assert post.letters == [], "whoever is at the page has five minutes"
    earlier(minutes=5)
    deliver_what_is_due()
    (letter,) = post.letters
    assert letter["To"] == "olga@example.com"
    assert letter["Subject"] == f"[Migrator] Run {run.pk} waits for you"
    text = letter.get_content()
    assert f"The backup of Claims (run {run.pk})" in text
    assert f"https://migrator.example.com/runs/{run.pk}/" in text
    assert "https://migrator.example.com/account/#messages" in text
    earlier(minutes=61)
    _wait_again(run)
    assert Notification.objects.count() == 2
    _wait_again(run)
    assert Notification.objects.count() == 2


def test_what_was_waited_for_meanwhile_is_not_told(run: Run, olga: User, post: Post) -> None:
    drive(run)
    runs.cancel_run(run, user=None)
    earlier(minutes=5)
    deliver_what_is_due()
    assert (post.letters, states()) == ([], ["dropped"])


def _wait_again(run: Run) -> None:
    waiting = run.steps.filter(status=Step.Status.WAITING)
    waiting.update(status=Step.Status.PENDING)
    drive(run)


def test_nobody_is_told_where_nothing_is_set_up(run: Run, olga: User) -> None:
    drive(run)
    assert not Notification.objects.exists()


def test_the_webhook_gets_what_the_administrators_ticked(
    run: Run, hook: HTTPServer, olga: User
) -> None:
    drive(run)
    earlier(minutes=5)
    deliver_what_is_due()
    (asked, _), *rest = hook.log
    assert not rest
    said = json.loads(asked.data)
    assert said["type"] == "run.waits"
    assert said["text"].startswith(f"Run {run.pk} waits for you\n")
    assert said["data"]["link"] == f"https://migrator.example.com/runs/{run.pk}/"
    assert asked.headers["webhook-signature"].startswith("v1,")
    set_webhook("", [_K.RUN_FAILED], user=None)
    earlier(hours=2)
    _wait_again(run)
    assert Notification.objects.count() == 1


def test_who_wants_what(run: Run, olga: User, post: Post) -> None:
    viewer = add_person(user=None, name="viewer", role=Role.VIEWER)
    off = add_person(user=None, name="off", role=Role.ADMIN)
    for each in (viewer, off):
        each.email = f"{each.username}@example.com"
    off.is_active = False
    viewer.save()
    off.save()
    other = add_person(user=None, name="other", role=Role.OPERATOR)
    choose(user=other, address="other@example.com", kinds=[_K.RUN_WAITS], own_runs_only=True)
    drive(run)
    assert [each.person for each in Delivery.objects.all()] == [olga]
    assert choice_of(viewer).kinds == frozenset()
    choose(user=viewer, address="viewer@example.com", kinds=list(_K), own_runs_only=False)
    wanted = choice_of(User.objects.get(pk=viewer.pk)).kinds
    assert _K.APPROVAL_WAITS not in wanted, "who cannot approve is not asked to"
    earlier(hours=2)
    _wait_again(run)
    assert {each.person for each in Notification.objects.all()[0].deliveries.all()} == {
        olga,
        viewer,
    }


def test_a_failed_run_is_told_and_a_retried_one_again(run: Run, olga: User, post: Post) -> None:
    drive(run)
    _fail(run)
    assert Notification.objects.filter(kind=_K.RUN_FAILED).count() == 1
    assert "failed" in Notification.objects.get(kind=_K.RUN_FAILED).title
    retrying.retry_failed(run, user=None)
    _fail(run)
    assert Notification.objects.filter(kind=_K.RUN_FAILED).count() == 2


def _fail(run: Run) -> None:
    run.steps.exclude(status=Step.Status.DONE).update(status=Step.Status.FAILED)
    assert runs.close_if_finished(run)


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        (None, _K.RUN_DONE, "is complete, and not proven"),
        (Verification.State.VERIFIED, _K.RUN_DONE, "is complete"),
        (Verification.State.DIFFERENCES, _K.RUN_DIFFERS, "differs from its source"),
        (Verification.State.COULD_NOT, _K.RUN_DIFFERS, "could not be proven"),
    ],
)
def test_that_a_run_ended_is_not_that_it_is_proven(
    state: str | None, kind: str, words: str, run: Run, hook: HTTPServer
) -> None:
    if state:
        Verification.objects.create(run=run, item=run.plan.items.get(), state=state)
    Run.objects.filter(pk=run.pk).update(kind=Run.Kind.RESTORE)
    run.steps.update(status=Step.Status.DONE)
    assert runs.close_if_finished(run)
    told = Notification.objects.get()
    assert (told.kind, words in told.title) == (kind, True)


def test_a_cancelled_run_is_not_told(run: Run, olga: User, post: Post) -> None:
    runs.cancel_run(run, user=None)
    assert not Notification.objects.filter(kind__in=[_K.RUN_FAILED, _K.RUN_DONE]).exists()


def test_a_refused_credential_is_told_once_for_each_that_was_stored(
    run: Run, by_hand: Instance, hook: HTTPServer
) -> None:
    for _ in range(2):
        step = Step.objects.claimable().get(run=run)
        assert step.claim()
        record_failure(step, SessionLost("It no longer accepts the stored credential."))
        run.steps.filter(pk=step.pk).update(status=Step.Status.PENDING)
    told = Notification.objects.get(kind=_K.CREDENTIAL_REFUSED)
    assert told.title == "By hand needs a new credential"


def test_trouble_with_telling_is_not_the_runs_trouble(run: Run, hook: HTTPServer) -> None:
    """A rule that no form makes."""
    NotificationRules.objects.update(webhook_kinds=5)
    drive(run)
    assert run.steps.filter(status=Step.Status.WAITING).exists()
    assert not Notification.objects.exists()


def test_while_a_server_is_away_messages_wait_and_one_of_them_tries(
    run: Run, olga: User, post: Post
) -> None:
    for number in range(3):
        told = _told(number)
        Delivery.objects.create(notification=told, channel=Channel.MAIL, person=olga)
    post.answer = "451 4.3.0 later"
    deliver_what_is_due()
    assert states() == ["pending"] * 3
    assert "(451 4.3.0 later)" in rules().mail_problem
    assert all(each.next_at > timezone.now() for each in Delivery.objects.all())
    earlier(hours=3)
    assert send_due_deliveries() == 1
    post.answer = "250 OK"
    first = Delivery.objects.due()[0]
    tasks.deliver(first.pk)
    assert rules().mail_problem == ""
    assert rules().mail_worked_at is not None
    assert send_due_deliveries() == 2
    deliver_what_is_due()
    assert states() == ["sent"] * 3
    assert len({letter["Message-ID"] for letter in post.letters}) == 3


def _told(number: int) -> Notification:
    return Notification.objects.create(
        kind=_K.RUN_FAILED, subject=f"run {number}", number=1, title="A", path="/runs/1/"
    )


def test_after_a_day_it_is_given_up_and_says_why(olga: User, post: Post) -> None:
    Delivery.objects.create(notification=_told(1), channel=Channel.MAIL, person=olga)
    post.answer = "554 5.7.1 no"
    deliver_what_is_due()
    earlier(hours=25)
    assert send_due_deliveries() == 0
    failed = Delivery.objects.failed().get()
    assert "(554 5.7.1 no)" in failed.problem
    assert failed.ended_at is not None


def test_an_address_that_is_refused_fails_alone(olga: User, post: Post) -> None:
    choose(user=olga, address=NOBODY, kinds=list(_K), own_runs_only=False)
    Delivery.objects.create(notification=_told(1), channel=Channel.MAIL, person=olga)
    deliver_what_is_due()
    assert states() == ["failed"]
    assert rules().mail_problem == ""


def test_a_message_is_tried_by_one_worker_at_a_time(olga: User, post: Post) -> None:
    row = Delivery.objects.create(notification=_told(1), channel=Channel.MAIL, person=olga)
    for _ in range(2):
        tasks.deliver(row.pk)
    assert len(post.letters) == 1
    Delivery.objects.update(state="pending")
    tasks.deliver(row.pk)
    assert len(post.letters) == 1, "another one has it for two minutes"


def test_what_nobody_wants_any_more_is_dropped(olga: User, post: Post, hook: HTTPServer) -> None:
    told = _told(1)
    Delivery.objects.create(notification=told, channel=Channel.MAIL, person=olga)
    Delivery.objects.create(notification=told, channel=Channel.WEBHOOK)
    choose(user=olga, address="", kinds=[], own_runs_only=False)
    turn_webhook_off(user=None)
    deliver_what_is_due()
    assert states() == ["dropped", "dropped"]
    assert (post.letters, hook.log) == ([], [])


def test_an_archive_that_is_damaged_is_told_once(
    olga: User, post: Post, settings: Settings
) -> None:
    archive = Archive.objects.create(
        file="dallas/claims.zip",
        size=1,
        sha256="0" * 64,
        workspace_name="Claims",
        source_workspace_id="w",
        instance_name="Dallas",
        verified_at=timezone.now(),
    )
    for _ in range(2):
        verify_archive(archive, user=None)
    told = Notification.objects.get()
    assert (told.kind, told.path) == (_K.ARCHIVE_DAMAGED, f"/archives/{archive.pk}/")
    assert "dallas/claims.zip" in told.happened


def test_whoever_asks_for_an_approval_is_not_told_of_it(
    post: Post, by_hand: Instance, settings: Settings
) -> None:
    settings.SECOND_PERSON = ["delete"]
    people = {role: add_person(user=None, name=f"a-{role}", role=role) for role in Role}
    for role, person in people.items():
        person.email = f"{role.value}@example.com"
        person.save()
    with pytest.raises(approvals.NeedsApproval):
        approvals.approved(
            Approval.Action.DELETE,
            user=people[Role.ADMIN],
            subject=by_hand,
            words="Delete the archive of Claims",
        )
    assert [each.person for each in Delivery.objects.all()] == [people[Role.APPROVER]]
    told = Notification.objects.get()
    assert "Delete the archive of Claims" in told.happened
    assert "a-admin" not in told.happened, "who asked stays in the house"


@pytest.fixture
def service(by_hand: Instance) -> ModelService:
    """A service that models are deployed to."""
    return link_model_service(
        by_hand, user=None, address="https://nlu.cloud.ibm.com/instances/1", credential=None
    )


def served(service: ModelService, **given: object) -> ServedModel:
    now = timezone.now()
    return ServedModel.objects.create(
        service=service,
        **{"model_id": "m-1", "workspace_id": "gone", "first_seen": now, "seen_at": now, **given},
    )


def test_models_that_keep_charging_are_told_until_something_changes(
    service: ModelService, olga: User, post: Post, by_hand: Instance
) -> None:
    by_hand.inventories.create(finished_at=timezone.now())
    served(service, name="Old claims")
    for _ in range(2):
        watching.look_around()
    told = Notification.objects.get()
    assert told.title == "Deployed models need a decision: 1 orphaned"
    assert "Old claims" in told.happened
    served(service, model_id="m-2", name="Older claims")
    watching.look_around()
    assert Notification.objects.count() == 2
    earlier(days=8)
    watching.look_around()
    assert Notification.objects.count() == 3


def test_a_service_that_cannot_be_asked_is_told_after_an_hour(
    service: ModelService, olga: User, post: Post
) -> None:
    now = timezone.now()
    ModelScan.objects.create(
        service=service,
        started_at=now - timedelta(minutes=50),
        finished_at=now - timedelta(minutes=50),
    )
    ModelScan.objects.create(service=service, started_at=now, finished_at=now, problem="No.")
    watching.look_around()
    assert not Notification.objects.exists()
    early = now - timedelta(hours=2)
    ModelScan.objects.filter(problem="").update(started_at=early, finished_at=early)
    for _ in range(2):
        watching.look_around()
    assert Notification.objects.get().meaning.endswith("Treat this as not safe.")


def test_a_model_kept_for_now_is_told_when_it_is_time(
    service: ModelService, olga: User, post: Post
) -> None:
    now = timezone.now()
    model = served(service, decision="later", remind_at=now + timedelta(days=1), workspace_id="")
    watching.look_around()
    assert not Notification.objects.exists()
    ServedModel.objects.filter(pk=model.pk).update(remind_at=now - timedelta(hours=1))
    for _ in range(2):
        watching.look_around()
    assert Notification.objects.get().kind == _K.MODEL_REMINDER


def test_the_stored_password_goes_to_its_own_server_alone(post: Post) -> None:
    with post_office(signs_in=True) as other:
        elsewhere = other.at(user=USER)
        for refusing in (set_mail, lambda at, user: try_mail(at, to="a@b.example", user=user)):
            with pytest.raises(ServiceError, match="The stored password belongs to") as caught:
                refusing(elsewhere, user=None)
            assert PASSWORD not in str(caught.value)
    set_mail(post.at(user=USER, sender="other@example.com"), user=None)
    try_mail(None, to="a@b.example", user=None)
    (letter,) = post.letters
    assert letter["From"] == "other@example.com"


def test_a_try_of_what_is_stored_says_whether_the_channel_works(post: Post) -> None:
    try_mail(None, to="a@b.example", user=None)
    assert rules().mail_worked_at is not None
    post.answer = "554 5.7.1 no"
    with pytest.raises(ServiceError):
        try_mail(None, to="a@b.example", user=None)
    assert "(554 5.7.1 no)" in rules().mail_problem
    with pytest.raises(AddressRefused):
        try_mail(None, to=NOBODY, user=None)
    post.answer = "250 OK"
    try_mail(None, to="a@b.example", user=None)
    assert rules().mail_problem == ""


def test_a_test_saves_nothing_and_says_what_was_answered(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook").respond_with_data("no such channel", status=404)
    address = httpserver.url_for("/hook").replace("localhost", "127.0.0.1")
    with pytest.raises(ServiceError, match="“no such channel”"):
        try_webhook(address, user=None)
    with post_office() as office:
        try_mail(office.at(), to="a@b.example", user=None)
    assert len(office.letters) == 1
    assert not NotificationRules.objects.exists()
    assert not Credential.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": "10.0.0.7"}, "not among the hosts"),
        ({"host": "a b"}, "names no host"),
        ({"sender": "me"}, "is no e-mail address"),
    ],
)
def test_what_cannot_work_is_not_stored(changes: dict[str, str], words: str, post: Post) -> None:
    with pytest.raises(ServiceError, match=words):
        set_mail(post.at(**changes), user=None)
    assert rules().mail_host == "127.0.0.1"


def test_secrets_are_sealed_and_forgotten(post: Post, hook: HTTPServer) -> None:
    first = set_webhook("", list(_K), user=None)
    assert first == "", "the key that is there stays"
    key = set_webhook("", list(_K), user=None, new_key=True)
    assert key.startswith("whsec_")
    assert Credential.objects.count() == 2
    noted = repr(list(AuditEntry.objects.values())) + repr(list(NotificationRules.objects.values()))
    assert not any(secret in noted for secret in (PASSWORD, key, "/hook"))
    turn_mail_off(user=None)
    turn_webhook_off(user=None)
    assert not Credential.objects.exists()
    actions = AuditEntry.objects.values_list("action", flat=True)
    assert {"notifications.mail_off", "notifications.webhook_off"} <= set(actions)


def test_every_message_leads_to_a_page(run: Run, olga: User, post: Post) -> None:
    now = timezone.now()
    ended = Run.objects.with_state().get(pk=run.pk)
    service = ModelService(pk=3, address="https://nlu.cloud.ibm.com/instances/1")
    archive = Archive(pk=3, workspace_name="Claims", file="a.zip")
    wish = Approval(words="Delete it", asked_at=now, expires_at=now + timedelta(hours=24))
    said = [
        words.of_waiting(ended),
        words.of_failed(ended),
        words.of_differences(ended, 2, unproven=False),
        words.of_done(ended, proven=False),
        words.of_refused_credential(Instance(pk=3, name="Dallas")),
        words.of_models(service, []),
        words.of_unchecked(service),
        words.of_reminder(service, []),
        words.of_damage(archive),
        words.of_approval(wish),
    ]
    for each in said:
        assert resolve(each.path), each
        assert each.title
        assert each.happened.endswith(".")
        assert each.meaning.endswith(".")
        assert each.remedy.endswith(".")


def test_old_ones_are_forgotten(olga: User, post: Post) -> None:
    Delivery.objects.create(notification=_told(1), channel=Channel.MAIL, person=olga)
    earlier(days=31)
    tasks.remove_leftovers()
    assert not Delivery.objects.exists()
