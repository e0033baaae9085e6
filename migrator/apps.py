from django.apps import AppConfig


class MigratorConfig(AppConfig):
    """The engine: everything a worker or a command line needs."""

    name = "migrator"
    verbose_name = "Knowledge Studio Migrator"
