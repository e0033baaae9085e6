"""What this server is made of, for its administrators; set in the environment, never here."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from migrator import __version__
from migrator.env import broker_socket

Fact = tuple[str, str]


def server_facts() -> list[Fact]:
    """Pairs of a noun and what holds; no user name, password or key among them."""
    return [
        ("Version", __version__),
        ("Address in messages", settings.SITE_URL or "Not set (SITE_URL): they carry no link"),
        ("Database", _database()),
        ("Broker", _broker()),
        ("Archives", _storage()),
        ("Working files", str(settings.WORK_DIR)),
        ("Sign-in", _sign_in()),
        ("A second person allows", ", ".join(settings.SECOND_PERSON) or "Nothing"),
        ("Instances may be on", ", ".join(settings.INSTANCE_HOSTS)),
        ("Messages may go to", _reach(settings.NOTIFY_HOSTS)),
        ("Time zone", settings.TIME_ZONE),
    ]


def _database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite, {connection.settings_dict['NAME']}"
    host = connection.settings_dict.get("HOST") or "this machine"
    return f"PostgreSQL on {host}"


def _broker() -> str:
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme == "unix":
        own = str(broker_socket(settings.DATA_DIR)) in settings.REDIS_URL
        return "The server's own" if own else "On this machine"
    return f"{parts.hostname}:{parts.port or 6379}"


def _storage() -> str:
    if isinstance(default_storage, FileSystemStorage):
        return f"Folder {default_storage.location}"
    options = settings.STORAGES["default"]["OPTIONS"]
    where = urlsplit(options.get("endpoint_url") or "").netloc or "Amazon S3"
    return f"Bucket {options['bucket_name']} on {where}"


def _sign_in() -> str:
    return f"Password, or {settings.OIDC_NAME}" if settings.OIDC_NAME else "Password"


def _reach(patterns: list[str]) -> str:
    said = ["all of the internet" if pattern == "*" else pattern for pattern in patterns]
    return ", ".join(said)
