"""`notify`: tells how messages go, and tries it."""

import json

import pytest
from django.core.management import call_command
from pytest_django import Settings
from pytest_httpserver import HTTPServer

from migrator.models import Notification
from migrator.services.notifications.channels import set_mail, set_webhook
from tests.smtp import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def around(settings: Settings) -> None:
    """Messages may go to this machine."""
    settings.NOTIFY_HOSTS = ["127.0.0.1"]


def refused(*arguments: str) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("notify", *arguments)
    assert ended.value.code == 1


def test_without_a_channel_there_is_nothing_to_test(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("notify")
    assert "E-mail: not set up" in capsys.readouterr().out
    refused("--test")
    assert "No channel is set up." in capsys.readouterr().err


def test_each_channel_is_tried_and_the_code_says_whether_all_worked(
    httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_ordered_request("/hook").respond_with_data("ok")
    httpserver.expect_ordered_request("/hook").respond_with_data("gone", status=410)
    address = httpserver.url_for("/hook").replace("localhost", "127.0.0.1")
    set_webhook(address, list(Notification.Kind), user=None)
    with post_office() as post:
        set_mail(post.at(), user=None)
        refused("--test", "--json")
        said = json.loads(capsys.readouterr().out)
        assert said["channels"]["webhook"] == {"on": True, "problem": ""}
        assert "Give one with --to." in said["channels"]["mail"]["problem"]
        refused("--test", "--to", "me@example.com")
        out = capsys.readouterr().out
        assert "E-mail: 127.0.0.1: took the test" in out
        assert "Webhook: 127.0.0.1: 127.0.0.1 answered 410 Gone (“gone”)." in out
        assert len(post.letters) == 1
    refused()
    assert "answered 410 Gone" in capsys.readouterr().out
