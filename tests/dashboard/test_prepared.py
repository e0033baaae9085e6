"""Questions whose SQL is kept: they answer as the query sets do that they are made of."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from dashboard import run_rows, wizard
from dashboard.proofs import with_proof
from dashboard.run_rows import load_run
from dashboard.views import home
from dashboard.wizard import load_plan, plans_with_states, with_states
from migrator.models import Instance, Plan, Run
from migrator.models.prepared import MOST, Prepared, PreparedByKey
from migrator.services.guided_plans import make_plan
from migrator.services.plans import add_workspace_by_hand

pytestmark = pytest.mark.django_db(transaction=True)

KEPT: list[Prepared[Plan] | Prepared[Run]] = [wizard._PLANS, run_rows._RUNS, home._PLANS]


def _names(count: int) -> list[int]:
    made = Instance.objects.bulk_create(
        Instance(name=f"Instance {n}", kind=Instance.Kind.BY_HAND) for n in range(count)
    )
    return [each.pk for each in made]


def _plan(instance: Instance, count: int) -> Plan:
    rows = [
        add_workspace_by_hand(instance=instance, user=None, name=f"{count}-{n}", language="en")
        for n in range(count)
    ]
    return make_plan(source=instance, workspaces=rows, purpose="move", user=None)


def test_rows_come_in_the_order_of_their_keys_however_many() -> None:
    keys = list(reversed(_names(2 * MOST + 3)))
    asked = PreparedByKey(Instance.objects.all)
    assert [row.pk for row in asked.rows([*keys, 10**9])] == keys
    assert asked.rows([]) == []
    assert [row.pk for row in asked.rows(keys[:1])] == keys[:1]


def test_what_has_changed_since_is_seen() -> None:
    asked = Prepared(lambda: Instance.objects.order_by("-name"))
    assert asked.all() == []
    _names(3)
    assert [row.name for row in asked.all()] == ["Instance 2", "Instance 1", "Instance 0"]


def test_each_thread_asks_with_a_connection_of_its_own() -> None:
    keys = _names(2)
    asked = PreparedByKey(Instance.objects.all)
    asked.rows(keys)

    def elsewhere() -> list[str]:
        try:
            return [row.name for row in asked.rows(keys)]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result(timeout=30) == ["Instance 0", "Instance 1"]


def test_a_plan_has_the_states_that_its_query_set_gives(by_hand: Instance) -> None:
    first, second = _plan(by_hand, 1), _plan(by_hand, 3)
    plain = {plan.pk: plan for plan in with_states(Plan.objects.guided())}
    for plan in plans_with_states([second.pk, first.pk]):
        assert _values(plan) == _values(plain[plan.pk])
    assert vars(load_plan(second.pk))["items_all"] == 3


def test_a_run_has_the_counts_that_its_query_set_gives(by_hand: Instance) -> None:
    run = Run.objects.create(kind=Run.Kind.BACKUP, plan=_plan(by_hand, 1))
    plain = with_proof(Run.objects.for_listing()).get(pk=run.pk)
    assert _values(load_run(run.pk)) == _values(plain)


@pytest.mark.parametrize("load", [load_plan, load_run])
def test_what_is_not_there_is_not_found(load: Callable[[int], object]) -> None:
    with pytest.raises(Http404):
        load(10**9)


@pytest.mark.parametrize("kept", [*KEPT, home._RUNS, home._WORKSPACES, home._INSTANCES])
def test_nothing_that_is_kept_depends_on_the_moment(
    kept: Prepared[Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _asked(kept._make())
    later = timezone.now() + timedelta(days=400)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert _asked(kept._make()) == before


def _asked(rows: QuerySet[Plan]) -> tuple[str, tuple[object, ...]]:
    sql, params = rows.query.sql_with_params()
    return sql, tuple(params)


def _values(row: Plan | Run) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_state"}
