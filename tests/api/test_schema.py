"""The API as its OpenAPI description says: every operation is called with all sorts of input."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from rest_framework.test import APIClient
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from migrator.models import Instance
from migrator.services import queue, users
from migrator.services.instances import add_instance
from migrator.services.plans import add_workspace_by_hand
from migrator.wsgi import application

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


DESCRIPTION: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)


def closing(environ: Any, start_response: Any) -> list[bytes]:
    """The application behind a server that closes answers, and with them the uploads of a request,
    as WSGI asks for and the suite's caller does not do."""
    answer = application(environ, start_response)
    try:
        return list(answer)
    finally:
        answer.close()


SCHEMA.app = closing
FOUND = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]
OPERATIONS = {operation.label: operation for operation in FOUND}


@pytest.fixture
def token() -> Iterator[str]:
    """The token of an administrator, who may call everything, on a server that holds something."""
    admin = User.objects.create_superuser("admin")
    instance = add_instance(user=admin, name="By hand", kind=Instance.Kind.BY_HAND)
    add_workspace_by_hand(instance=instance, user=admin, name="Claims", language="en")
    with queue.in_process():
        yield users.make_token(user=admin, name="the suite", days=7)[1]


@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation_answers_as_described(label: str, token: str) -> None:
    @settings(
        max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=OPERATIONS[label].as_strategy())
    def call(case: Case[Any]) -> None:
        headers = {"Authorization": f"Token {token}"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    call()


def test_the_description_is_served_and_says_how_to_sign_in(token: str) -> None:
    client = APIClient(headers={"Authorization": f"Token {token}"})
    said = client.get("/api/schema/").json()
    assert said["components"]["securitySchemes"]["knoxApiToken"]["name"] == "Authorization"
    assert set(said["paths"]) == set(DESCRIPTION["paths"])


def test_the_description_leaves_no_operation_out() -> None:
    described = sum(len(operations) for operations in DESCRIPTION["paths"].values())
    assert len(OPERATIONS) == described > 20


def test_every_operation_documents_its_refusals() -> None:
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            assert {"401", "403", "404"} <= operation["responses"].keys(), f"{method} {path}"
