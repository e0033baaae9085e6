"""Connect the sandbox's instances and renew the demo's administrator, for script/server --demo."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.demo import connect_demo_instance, renew_demo_admin
from migrator.services.inventories import inventory_now
from migrator.services.model_scans import scan_now

MARK = "demo"  # the file by which script/server marks a demo's data folder


class Command(AnsweringCommand):
    """Add what the demo shows; run again, it brings what is there up to date."""

    help = "Connect the sandbox's instances and renew the demo administrator's password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add `--config`; the password comes on standard input."""
        super().add_arguments(parser)
        parser.add_argument("--config", required=True, help="what sandbox --write-config wrote")

    def answer(self, **options: Any) -> int:
        """Refuse a data folder that is no demo's, then do it."""
        if not (settings.DATA_DIR / MARK).exists():
            raise ServiceError(
                f"{settings.DATA_DIR} is not the data folder of a demo.",
                meaning="Nothing was changed.",
                remedy="Start the demo with script/server --demo.",
            )
        user = renew_demo_admin(sys.stdin.readline().strip())
        described = json.loads(Path(options["config"]).read_text())["instances"]
        instances = [connect_demo_instance(item, user=user) for item in described]
        for instance in instances:
            inventory_now(instance, user=user)
            for service in instance.model_services.all():
                scan_now(service, user=user)
        names = ", ".join(instance.name for instance in instances)
        self.say(
            f"The sandbox stands in for Knowledge Studio. Its instances are connected: {names}"
        )
        return SUCCESS
