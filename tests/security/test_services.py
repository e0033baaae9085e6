"""Permissions stand on the services: a door that forgot to ask lets nobody do more."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

import migrator.services
from migrator.services.permissions import NotAllowed, requires

# service: why nobody is asked for a permission.
OPEN = {
    "audit.record": "notes what was done, whoever did it",
    "idempotency.answered_once": "calls a service that asks",
    "approvals.approved": "is asked by services that ask",
    "users.make_token": "one's own",
    "users.revoke_token": "one's own, or asks itself",
    "notifications.choices.choose": "one's own",
    "second_factor.turn_off": "one's own, or behind a page of administrators",
    "demo.connect_demo_instance": "called by the launcher alone",
}


def services() -> dict[str, Callable[..., Any]]:
    """Every public function of the services that acts for a `user`."""
    found = {}
    prefix = migrator.services.__name__ + "."
    for module in pkgutil.walk_packages(migrator.services.__path__, prefix):
        for name, value in vars(importlib.import_module(module.name)).items():
            own = inspect.isfunction(value) and value.__module__ == module.name
            if own and not name.startswith("_") and "user" in inspect.signature(value).parameters:
                found[f"{module.name.removeprefix(prefix)}.{name}"] = value
    return found


SERVICES = services()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_asks_for_a_permission_or_says_why_not(name: str) -> None:
    assert (name in OPEN) != hasattr(SERVICES[name], "permission"), name


def test_what_is_open_is_there() -> None:
    assert OPEN.keys() <= SERVICES.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in SERVICES if name not in OPEN])
def test_a_viewer_is_refused_before_anything_is_looked_at(name: str, viewer: User) -> None:
    with pytest.raises(NotAllowed) as refused:
        SERVICES[name](user=viewer)
    assert refused.value.meaning == "Nothing changed."


@pytest.mark.django_db
def test_the_server_itself_and_those_who_may_are_let_through(operator: User) -> None:
    @requires("migrator.start_run")
    def act(*, user: User | None) -> str:
        return "done"

    assert act(user=None) == act(user=operator) == "done"
