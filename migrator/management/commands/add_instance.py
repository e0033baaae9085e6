"""Add an instance from the command line; secrets come from files or standard input."""

import json
from argparse import ArgumentParser
from typing import Any

from django.db import transaction

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand, read_secret_file
from migrator.models import Instance
from migrator.services.instances import add_instance
from migrator.services.model_services import link_model_service


class Command(AnsweringCommand):
    """`add_instance NAME --kind cloud --address … --credential-file F`."""

    help = "Add a Knowledge Studio instance. Credentials are read from files, never from arguments."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The instance, and what lies beside it."""
        super().add_arguments(parser)
        parser.add_argument("name")
        parser.add_argument("--kind", required=True, choices=Instance.Kind.values)
        parser.add_argument("--address", default="", help="the tool's address, as in the browser")
        parser.add_argument("--credential-file", help="JSON file, or - for standard input")
        parser.add_argument("--iam-url", default="", help="where tokens come from (IBM's)")
        parser.add_argument("--cp4d-url", default="", help="the Cloud Pak for Data address")
        parser.add_argument("--nlu-url", default="", help="the linked NLU instance")
        parser.add_argument("--nlu-credential-file", help="JSON file with the NLU credential")
        parser.add_argument("--profile", default="", help="a connector profile of your own")
        parser.add_argument("--ca-file", default="", help="PEM file for a self-signed certificate")

    @transaction.atomic
    def answer(self, **options: Any) -> int:
        """Store the instance; the connector is on where a credential is given."""
        credential = _credential(options["credential_file"])
        instance = add_instance(
            user=None,
            name=options["name"],
            kind=options["kind"],
            address=options["address"],
            credential=credential,
            iam_url=options["iam_url"],
            cp4d_url=options["cp4d_url"],
            profile_file=options["profile"],
            ca_file=options["ca_file"],
            connector_enabled=credential is not None,
        )
        if options["nlu_url"]:
            _link(instance, options)
        self.say(f"{instance.name} added.")
        if self.as_json:
            self.say_json({"id": instance.pk, "name": instance.name, "address": instance.address})
        return SUCCESS


def _link(instance: Instance, options: dict[str, Any]) -> None:
    credential = _credential(options["nlu_credential_file"])
    if credential is None:
        raise ServiceError(
            "The Natural Language Understanding instance has no credential.",
            meaning="Nothing was stored.",
            remedy="Name its file with --nlu-credential-file.",
        )
    link_model_service(
        instance,
        user=None,
        address=options["nlu_url"],
        iam_url=options["iam_url"],
        credential=credential,
    )


def _credential(path: str | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        given = json.loads(read_secret_file(path))
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise ServiceError(
            "The credential file holds no JSON object.",
            meaning="Nothing was stored.",
            remedy='Write it like {"kind": "apikey", "apikey": "…"}.',
        )
    return given
