"""`script/manage sandbox`: a local stand-in for Knowledge Studio, to demonstrate and to test."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from sandbox.__main__ import add_arguments, run


class Command(BaseCommand):
    """Serves until it is ended; it has nothing to do with this project's database."""

    help = "Run the sandbox, a local stand-in for Knowledge Studio; not IBM's service."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """The sandbox's own options."""
        add_arguments(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run it in this process; its exit code becomes ours."""
        code = run(argparse.Namespace(**options))
        if code:
            sys.exit(code)
