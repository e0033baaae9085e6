"""Every secret of a working server is searched for wherever it must not be."""

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pyrage
import pytest
from django.apps import apps
from django.conf import settings as ours
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Response

from migrator.archives.age.errors import WrongKey
from migrator.archives.age.files import encrypt_file
from migrator.archives.age.keys import Key, Lock
from migrator.formats.errors import StatedError
from migrator.models import (
    Archive,
    Credential,
    Delivery,
    Instance,
    Notification,
    Run,
    TotpDevice,
)
from migrator.services import queue, runs, second_factor, support, users
from migrator.services.archive_files import local_copy
from migrator.services.archive_keys import unlock_archive
from migrator.services.archives import verify_archive
from migrator.services.bringing import bring_archive
from migrator.services.credentials import secrets_in
from migrator.services.drive import drive
from migrator.services.encryption import choose_encryption
from migrator.services.instances import check_connection
from migrator.services.inventories import inventory_now
from migrator.services.notifications.channels import (
    TEST,
    set_mail,
    set_webhook,
    try_mail,
    try_webhook,
)
from migrator.services.notifications.choices import choose
from migrator.services.notifications.sending import deliver
from migrator.services.notifications.telling import tell
from migrator.services.plans import plan_backup, plan_restore
from tests.sandbox.fixtures import RunningSandbox
from tests.security.test_sign_in import code_of
from tests.services.conftest import connected  # noqa: F401 - a fixture
from tests.smtp import post_office
from tests.stored import stored_bytes, stored_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

PASSWORD = "tall pines by the lake"
MOST_PAGES = 120
_LINK = re.compile(r'(?:href|action)="(/[^"#]*)"')
# Pages that show a secret once, to the one who made it, are reached by forms alone.
_LEFT_OUT = re.compile(r"^/(static|sign-out|theme|set-up|join)")


@pytest.fixture
def secrets(
    connected: dict[str, Instance],  # noqa: F811 - the fixture
    sandbox: RunningSandbox,
    admin: User,
    settings: Settings,
    httpserver: HTTPServer,
) -> set[str]:
    """What the server was given to keep, after a backup and a restore with all sorts of trouble."""
    token = users.make_token(user=admin, name="nightly", days=7)[1]
    device = second_factor.begin_enrolling(admin)
    codes = second_factor.confirm(admin, code=code_of(device))
    for name in ("source", "target"):
        check_connection(connected[name], user=admin)
        inventory_now(connected[name], user=admin)
    sandbox.fault("html", "typestore/export")
    sandbox.fault("status", "dictionaries/export", status=500)
    _back_up_and_restore(connected, admin)
    _encrypt(connected["source"], admin)
    sandbox.expire_sessions("source")
    check_connection(connected["source"], user=admin)
    _send_messages(admin, settings, httpserver)
    kept = {secret for row in Credential.objects.all() for secret in secrets_in(row)}
    kept |= {
        "/services/T0/whistling",
        token,
        *codes,
        PASSWORD,
        ours.SECRET_KEY,
        *ours.CREDENTIAL_KEYS,
    }
    return {secret for secret in kept if len(secret) > 7}


def _back_up_and_restore(instances: dict[str, Instance], admin: User) -> None:
    smallest = instances["source"].workspaces.present().order_by("documents")[:1]
    with queue.in_process():
        plan = plan_backup(source=instances["source"], workspaces=smallest, user=admin)
        drive(runs.start_run(plan=plan, user=admin))
        archive = Archive.objects.get()
        plan = plan_restore(archive=archive, target=instances["target"], user=admin)
        drive(runs.start_run(plan=plan, user=admin))


def _encrypt(source: Instance, admin: User) -> None:
    """An encrypted archive that is unlocked, and a passphrase that waits for its backup."""
    plain = Archive.objects.get()
    identity = pyrage.x25519.Identity.generate()
    key, wrong = Key(identities=f"# {identity.to_public()}\n{identity}\n"), Key(passphrase="p" * 12)
    locked = ours.WORK_DIR / "brought.zip.age"
    with local_copy(plain) as path:
        encrypt_file(path, locked, Lock(recipients=(str(identity.to_public()),)))
    archive = bring_archive(locked, user=admin, key=key)
    with pytest.raises(WrongKey):
        unlock_archive(archive, user=admin, key=wrong)
    unlock_archive(archive, user=admin, key=key)
    verify_archive(archive, user=admin)
    workspaces = source.workspaces.present()[:1]
    plan = plan_backup(source=source, workspaces=workspaces, user=admin)
    lock = Lock(passphrase="forty red herons in the reeds")
    choose_encryption(plan, user=admin, lock=lock, understood=True)


def _send_messages(admin: User, settings: Settings, httpserver: HTTPServer) -> None:
    """By a mail server that refuses the password, and to a webhook that repeats what it got."""
    settings.NOTIFY_HOSTS = ["127.0.0.1"]
    choose(
        user=admin, address="admin@example.com", kinds=list(Notification.Kind), own_runs_only=False
    )
    httpserver.expect_request("/services/T0/whistling").respond_with_handler(
        lambda asked: Response(f"{asked.path} {asked.headers}", status=400)
    )
    address = httpserver.url_for("/services/T0/whistling").replace("localhost", "127.0.0.1")
    assert set_webhook(address, list(Notification.Kind), user=admin)
    with post_office(signs_in=True) as office, queue.in_process():
        set_mail(office.at(user="clerk", password="six wet otters at the weir"), user=admin)
        with pytest.raises(StatedError):
            try_mail(None, to="a@b.example", user=admin)
        with pytest.raises(StatedError):
            try_webhook("", user=admin)
        tell(lambda: TEST, kind=Notification.Kind.RUN_DONE, subject="run 1")
        for row in Delivery.objects.due():
            deliver(row)
    assert Delivery.objects.exclude(problem="").count() == 2


def found_in(text: str, secrets: set[str]) -> set[str]:
    """The kinds of trouble: which secrets stand in the text, shortened."""
    plain = html.unescape(text)
    return {f"{secret[:4]}…" for secret in secrets if secret in text or secret in plain}


def crawl(client: Client) -> Iterator[tuple[str, str]]:
    """Every page that a person reaches by links, with its text."""
    waiting = ["/", "/account/", "/audit/", "/users/", "/models/", "/approvals/", "/settings/"]
    seen: set[str] = set()
    while waiting and len(seen) < MOST_PAGES:
        page = html.unescape(waiting.pop(0))
        if page in seen or _LEFT_OUT.match(page):
            continue
        seen.add(page)
        answer: Any = client.get(page)
        assert answer.status_code < 500, page
        if answer.streaming:
            b"".join(answer.streaming_content)  # a download: its files are searched where they lie
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            text = answer.content.decode()
            waiting += _LINK.findall(text)
            yield page, text
    assert len(seen) > 30


def database() -> Iterator[tuple[str, str]]:
    """Every row of every table, as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._base_manager.values():
            yield model._meta.label, repr(row)


def files() -> Iterator[tuple[str, str]]:
    """Every file that the server wrote; archives are opened, since they are ZIPs of ZIPs."""
    for name in stored_files():
        yield from _opened(name, stored_bytes(name))
    for path in sorted(ours.WORK_DIR.rglob("*")):
        if path.is_file():
            yield from _opened(path.name, path.read_bytes())


def _opened(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    yield name, content.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield from _opened(f"{name}/{inner}", packed.read(inner))


def test_no_secret_is_where_it_must_not_be(
    secrets: set[str],
    admin: User,
    signed_in: Callable[[User], Client],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert len(secrets) > 17
    begun = {secret[:15] for secret in secrets}
    assert {"AGE-SECRET-KEY-", "forty red heron", "six wet otters "} <= begun
    client = signed_in(admin)
    bundles = (
        io.BytesIO(b"".join(support.bundle(run, user=admin))) for run in Run.objects.for_listing()
    )
    places = {
        "log": caplog.text + "".join(capfd.readouterr()),
        **{f"page {page}": text for page, text in crawl(client)},
        **{
            f"api {noun}": client.get(f"/api/{noun}/").content.decode()
            for noun in ("instances", "workspaces", "archives", "runs", "schema")
        },
        "audit": b"".join(client.get("/audit/json").streaming_content).decode(),  # type: ignore[attr-defined]
        **{f"bundle {at}": text for one in bundles for at, text in _opened("zip", one.read())},
    }
    for gather in (database, files):
        for number, (place, text) in enumerate(gather()):
            places[f"{gather.__name__} {place} {number}"] = text
    told = {place: found for place, text in places.items() if (found := found_in(text, secrets))}
    assert told == {}


def test_the_search_finds_what_is_planted(secrets: set[str], admin: User) -> None:
    """The search itself: a secret in a row, in a file and in a ZIP within a ZIP is found."""
    secret = sorted(secrets)[0]
    device = TotpDevice.objects.get()
    TotpDevice.objects.filter(pk=device.pk).update(name=secret[:64])
    assert any(found_in(text, {secret[:64]}) for _, text in database())
    inner, outer = io.BytesIO(), io.BytesIO()
    for file, name, content in ((inner, "a", secret.encode()), (outer, "b", None)):
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr(name, inner.getvalue() if content is None else content)
    assert any(found_in(text, {secret}) for _, text in _opened("x", outer.getvalue()))
