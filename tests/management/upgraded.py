"""Prints what this version makes of a data folder, as JSON: run by the test of an upgrade."""

import json
import os
import sys
from typing import Any

import django

PASSWORD = "tall pines by the lake"


def main() -> None:
    """Look at everything that an earlier version left."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migrator.settings")
    django.setup()
    from migrator.models import Archive, Instance, Run
    from migrator.services import archives, audit_chain
    from migrator.services.credentials import reveal_credential

    chain = audit_chain.check_chain()
    credential = Instance.objects.get().credential
    assert credential is not None
    found: dict[str, Any] = {
        "archives": [
            {
                "workspace": archive.workspace_name,
                "problem": archives.verify_archive(archive, user=None).verify_problem,
            }
            for archive in Archive.objects.order_by("pk")
        ],
        "runs": Run.objects.count(),
        "audit": {"entries": chain.length, "problem": chain.problem},
        "credential": reveal_credential(credential).to_dict()["apikey"],
    }
    json.dump(found | _browsed(), sys.stdout)


def _browsed() -> dict[str, Any]:
    """What somebody sees who signs in with the password of then."""
    from django.test import Client

    from migrator.models import Archive, Run

    client = Client()
    client.post("/sign-in", {"username": "ines", "password": PASSWORD})
    run, archive = Run.objects.earliest("pk"), Archive.objects.earliest("pk")
    addresses = ["/", "/runs/", f"/runs/{run.pk}/", "/archives/", f"/archives/{archive.pk}/"]
    addresses += ["/instances/", "/workspaces/", "/plans/", "/models/", "/audit/", "/users/"]
    answers = {address: client.get(address) for address in addresses}
    return {
        "signed in": "_auth_user_id" in client.session,
        "pages": {address: answer.status_code for address, answer in answers.items()},
        "run page": answers[f"/runs/{run.pk}/"].content.decode(),
    }


if __name__ == "__main__":
    main()
