from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from migrator.formats.scratch import keep_scratch_in


class MigratorConfig(AppConfig):
    """The engine: everything a worker or a command line needs."""

    name = "migrator"
    verbose_name = "Knowledge Studio Migrator"

    def ready(self) -> None:
        """Keep what a killed process leaves where it is removed, on the disk that is looked at."""
        keep_scratch_in(Path(settings.WORK_DIR) / "temporary")
