"""docker-compose.yml is valid, and every service of ours is told everything it needs."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
OURS = {"web", "worker", "beat"}


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    found: dict[str, Any] = document["services"]
    return found


def compose_command() -> list[str]:
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            asked = subprocess.run(
                [*command, "version"], capture_output=True, timeout=30, check=False
            )
            if asked.returncode == 0:
                return command
    pytest.skip("no Docker client with compose on the PATH")


def config(password: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*compose_command(), "--file", "docker-compose.yml", "config", "--quiet"],
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "POSTGRES_PASSWORD": password},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_docker_compose_accepts_the_file() -> None:
    result = config("secret")
    assert result.returncode == 0, result.stderr


def test_a_missing_password_is_asked_for() -> None:
    result = config("")
    assert result.returncode != 0
    assert "set POSTGRES_PASSWORD" in result.stderr


def test_every_service_that_stays_has_a_health_check(services: dict[str, Any]) -> None:
    checked = {name for name, service in services.items() if "healthcheck" in service}
    assert checked == services.keys() - {"prepare"}
    assert checked == {*OURS, "redis", "postgres", "s3"}


def test_ours_share_settings_and_data(services: dict[str, Any]) -> None:
    for name in OURS:
        assert services[name]["environment"] == services["prepare"]["environment"]
        assert services[name]["volumes"] == ["data:/data"]


def test_only_the_site_is_published_and_only_on_this_machine(services: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:${PORT:-8000}:8000"]}


def test_no_secret_stands_in_the_file(services: dict[str, Any]) -> None:
    settings = {**services["web"]["environment"], **services["postgres"]["environment"]}
    for name in (
        "SECRET_KEY",
        "CREDENTIAL_KEYS",
        "POSTGRES_PASSWORD",
        "S3_SECRET_KEY",
        "METRICS_TOKEN",
    ):
        assert settings[name].startswith(f"${{{name}:")
