"""What comes in: headers, cookies, hosts, forged forms, uploads, and files from archives."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, get_resolver
from pytest_django import Settings

from migrator.models import Archive, PlanItem, Run, Step
from tests.launcher.servers import ROOT

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/", "/help", "/sign-in", "/instances/", "/api/runs/", "/nowhere", "/healthz"]


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_what_browsers_obey(
    page: str, admin: User, signed_in: Callable[[User], Client]
) -> None:
    headers = signed_in(admin).get(page).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    client: Client, operator: User
) -> None:
    client.post("/sign-in", {"username": "operator", "password": "tall pines by the lake"})
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["samesite"] == "Lax"


def test_behind_https_cookies_and_browsers_keep_to_it() -> None:
    said = "import django; django.setup(); from django.conf import settings as s;"
    said += "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)"
    done = subprocess.run(
        [sys.executable, "-c", said],
        cwd=ROOT,
        env={**os.environ, "SECURE_COOKIES": "yes", "DJANGO_SETTINGS_MODULE": "migrator.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "True", "31536000"]


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil"])
def test_another_host_is_refused(client: Client, host: str) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 400
    assert client.get("/sign-in", headers={"X-Forwarded-Host": host}).status_code == 200


def _post_only() -> list[str]:
    """Every page's route, with numbers for its arguments."""
    patterns = get_resolver("dashboard.urls").url_patterns
    routes = [str(found.pattern) for found in patterns if isinstance(found, URLPattern)]
    return sorted({"/" + _filled(route) for route in routes})


def _filled(route: str) -> str:
    if route.startswith("^"):  # a regular expression: digits, or the first of some words
        words = re.sub(r"\(\?P<\w+>([^)]*)\)", lambda found: found[1].split("|")[0], route)
        return words.strip("^$").replace(r"\d+", "1").replace("\\", "")
    parts = route.split("/")
    return "/".join("1" if part.startswith("<int:") else part.strip("<>") for part in parts)


def test_no_form_is_taken_without_its_token(admin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    for route in _post_only():
        answer = client.post(route.replace("str:", ""))
        assert answer.status_code == 403, route
        assert "The form had expired" in answer.content.decode(), route


def test_the_api_takes_a_session_with_its_token_only(admin: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin)
    assert client.post("/api/runs/backup/", {}).status_code == 403


def test_an_upload_that_is_too_large_is_refused_unread(
    admin: User, signed_in: Callable[[User], Client], settings: Settings
) -> None:
    settings.MAX_UPLOAD_MB = 1
    big = io.BytesIO(b"x" * 1_100_000)
    answer = signed_in(admin).post("/archives/bring", {"files": big})
    assert answer.status_code == 413
    assert "Nothing of it was stored." in answer.content.decode()
    big.seek(0)
    refused = signed_in(admin).post("/api/archives/bring/", {"file": big})
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")


def test_an_upload_that_the_disk_has_no_room_for_is_refused(
    admin: User, signed_in: Callable[[User], Client], settings: Settings
) -> None:
    settings.DISK_RESERVE_MB = 10**9
    answer = signed_in(admin).post("/archives/bring", {"files": io.BytesIO(b"x")})
    assert answer.status_code == 413
    assert os.listdir(settings.FILE_UPLOAD_TEMP_DIR) == []


@pytest.mark.parametrize("name", ["../../x.json", "..\\x.json", "/etc/passwd", "a\x00b", "CON", ""])
def test_the_name_of_a_file_is_never_a_path(
    run: Run, item: PlanItem, admin: User, signed_in: Callable[[User], Client], name: str
) -> None:
    from django.conf import settings as ours

    file = io.BytesIO(b"{}")
    file.name = name
    before = sorted(path.name for path in ours.WORK_DIR.parent.iterdir())
    signed_in(admin).post(f"/runs/{run.pk}/items/{item.pk}/files", {"files": file})
    assert sorted(path.name for path in ours.WORK_DIR.parent.iterdir()) == before


def test_what_comes_out_of_an_archive_is_never_shown_inline(
    archive: Archive, admin: User, signed_in: Callable[[User], Client]
) -> None:
    answer = signed_in(admin).get(f"/archives/{archive.pk}/download")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/zip"
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_markup_in_names_is_text_on_the_pages(
    run: Run, admin: User, signed_in: Callable[[User], Client]
) -> None:
    hostile = "<script>alert(1)</script>"
    PlanItem.objects.update(name=hostile)
    Step.objects.filter(run=run).update(problem=hostile, problem_remedy=hostile)
    for page in (f"/runs/{run.pk}/", "/runs/", "/", f"/runs/{run.pk}/log"):
        assert hostile not in signed_in(admin).get(page).content.decode(), page
