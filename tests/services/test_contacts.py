"""When an instance last answered: noted on calls, once a minute at most."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from migrator.errors import SessionLost
from migrator.models import Instance
from migrator.services.connections import connect
from migrator.services.credentials import seal_credential

pytestmark = pytest.mark.django_db(transaction=True)


def call(instance: Instance, times: int = 1) -> int:
    """List the workspaces; how many queries noting it took."""
    return call_by(Instance.objects.select_related("credential").get(pk=instance.pk), times)


def call_by(instance: Instance, times: int) -> int:
    """The same by somebody who knows this of the instance."""
    with connect(instance) as client, CaptureQueriesContext(connection) as queries:
        for _ in range(times):
            client.workspaces()
    return len(queries)


def test_a_call_that_was_answered_is_a_contact(connected: dict[str, Instance]) -> None:
    source, target = connected["source"], connected["target"]
    Instance.objects.update(contacted_at=None, tested_at=None)
    before = timezone.now()
    call(source)
    source.refresh_from_db()
    target.refresh_from_db()
    assert source.contacted_at is not None
    assert source.contacted_at >= before
    assert source.last_contact_at == source.contacted_at
    assert target.last_contact_at is None


def test_many_calls_cost_one_write_a_minute(connected: dict[str, Instance]) -> None:
    source = connected["source"]
    Instance.objects.update(contacted_at=None)
    before = Instance.objects.select_related("credential").get(pk=source.pk)
    assert call(source, times=5) == 1
    assert call(source) == 0
    noted = Instance.objects.get(pk=source.pk).contacted_at
    # Another process, which read the row before, leaves a time stamp of the last minute alone.
    assert call_by(before, times=2) == 1
    assert Instance.objects.get(pk=source.pk).contacted_at == noted
    old = timezone.now() - timedelta(minutes=2)
    Instance.objects.update(contacted_at=old)
    call(source)
    found = Instance.objects.get(pk=source.pk).contacted_at
    assert found is not None
    assert found > old


def test_a_call_that_was_refused_is_none(connected: dict[str, Instance]) -> None:
    source = connected["source"]
    Instance.objects.update(contacted_at=None)
    wrong = {"kind": "session", "xsrf_token": "x", "dpat": "y"}
    source.credential = seal_credential(wrong, into=source.credential)
    source.save()
    with pytest.raises(SessionLost):
        call(source)
    assert Instance.objects.get(pk=source.pk).contacted_at is None


def test_a_good_test_counts_where_nothing_was_noted_yet() -> None:
    at = timezone.now()
    instance = Instance(name="Old", connection=Instance.Connection.CONNECTED, tested_at=at)
    assert instance.last_contact_at == at
    instance.connection = Instance.Connection.FAILED
    assert instance.last_contact_at is None
