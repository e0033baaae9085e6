"""A whole server with real processes: no secret in its broker, its process list or its output.

Command lines can be read by everybody on a machine, environments by the user of the process and by
root alone. So no secret may stand in a command line, and in an environment only one that whoever
runs the server put there (SECRET_KEY, S3_SECRET_KEY and the like).
"""

import base64
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis
import requests

from migrator import env
from tests import houses
from tests.launcher.servers import ROOT, Server
from tests.waiting import wait_until

pytestmark = pytest.mark.slow

_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
LOOK = 0.02  # seconds between two looks at the processes
PAUSE = 0.1  # seconds after each piece of the download, during which everything is looked at
CHILDREN = ("gunicorn", " worker ", " beat ", " sandbox ", " prepare", " seed_demo ")
MAKE_TOKEN = """
from django.contrib.auth.models import User
from migrator.services.users import make_token
print(make_token(user=User.objects.get(username="admin"), name="Nightly", days=7)[1])
"""
SET_CHANNELS = """
from migrator.clients.mail import MailServer
from migrator.models import Notification
from migrator.services.notifications.channels import set_mail, set_webhook
set_mail(MailServer(host="mail.invalid", port=587, security="starttls", sender="a@b.example",
                    user="clerk", password="six wet otters at the weir"), user=None)
print(set_webhook("https://hooks.invalid/T0/whistling", list(Notification.Kind), user=None))
"""


@dataclass
class Watched:
    """What stood in command lines and in environments while a server lived."""

    lines: set[str] = field(default_factory=set)
    environments: set[str] = field(default_factory=set)
    open_to_others: set[str] = field(default_factory=set)

    def look(self, of: psutil.Process) -> None:
        """At one process and all below it; each may end in the moment."""
        try:
            for process in (of, *of.children(recursive=True)):
                self.lines.add(" ".join(process.cmdline()))
                self.environments.add(repr(process.environ()))
                if Path(f"/proc/{process.pid}/environ").stat().st_mode & 0o077:
                    self.open_to_others.add(process.name())
        except (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError):
            return


class Wire:
    """Everything that anybody says to a broker, as text."""

    def __init__(self, broker: redis.Redis) -> None:
        self.said: list[str] = []
        self._monitor: Any = broker.monitor()  # type: ignore[no-untyped-call]
        self._monitor.__enter__()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        try:
            for command in self._monitor.listen():
                self.said.append(repr(command))
        except (redis.ConnectionError, ValueError, OSError):
            return  # the broker ended with its server

    def close(self) -> None:
        self._monitor.connection.disconnect()
        self._thread.join(20)


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, watched: Watched) -> Iterator[Server]:
    """The demo, whose processes are looked at from the first moment on."""
    folder = tmp_path_factory.mktemp("watched") / "data"
    server = Server(folder, "--demo", "--port", "0", "--sandbox-port", "0")
    done = threading.Event()

    def watch() -> None:
        supervisor = psutil.Process(server.process.pid)
        while not done.wait(LOOK):
            watched.look(supervisor)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        server.address()
        yield server
    finally:
        done.set()
        watcher.join()
        server.stop()


@pytest.fixture(scope="module")
def broker(demo: Server) -> Iterator[redis.Redis]:
    """The one that the server works with."""
    given = houses.variables(demo.folder).get("REDIS_URL")
    with closing(
        redis.Redis.from_url(given or f"unix://{env.broker_socket(demo.folder)}")
    ) as client:
        yield client


@pytest.fixture(scope="module")
def token(demo: Server) -> str:
    """Of the administrator, for the API."""
    return run_there(demo, MAKE_TOKEN)


@pytest.fixture(scope="module")
def channels(demo: Server) -> set[str]:
    """Of a mail server and a webhook by which the demo sends messages, or tries to."""
    key = run_there(demo, SET_CHANNELS)
    return {key, "six wet otters at the weir", "https://hooks.invalid/T0/whistling"}


def run_there(demo: Server, code: str) -> str:
    """The last word that a piece of code prints in the demo's house."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=ROOT,
        env={**os.environ, **houses.variables(demo.folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1]


@pytest.fixture(scope="module")
def secrets(demo: Server, token: str, channels: set[str]) -> set[str]:
    """What the server was given to keep, or made for itself."""
    found = re.search(r"password (\S+)", demo.output)
    assert found
    described = json.loads((demo.folder / "sandbox.json").read_text())["instances"]
    kept = {found[1], token, *channels}
    for one in described:
        for name in ("credential", "session_credential", "nlu_credential"):
            fields = one.get(name) or {}
            kept |= {value for key, value in fields.items() if key not in ("kind", "username")}
    kept |= {(demo.folder / name).read_text().strip() for name in ("secret_key", "credential_keys")}
    return {secret for secret in kept if len(secret) > 7}


@pytest.fixture(scope="module")
def places(demo: Server, broker: redis.Redis, token: str, channels: set[str]) -> dict[str, str]:
    """What the broker holds during a backup and after it, and what was said to it meanwhile."""
    api = requests.Session()
    api.headers["Authorization"] = f"Token {token}"
    with closing(Wire(broker)) as wire:
        run = begin_a_slow_backup(api, demo)
        wait_until(lambda: _is_downloading(api, demo, run), "the download")
        found = {f"during {key}": value for key, value in dump(broker)}
        wait_until(lambda: get(api, demo, f"runs/{run}/")["finished_at"], "the end of the run")
        assert get(api, demo, f"runs/{run}/")["state"] in {"completed", "warnings"}
        wait_until(lambda: any("migrator.deliver" in said for said in wire.said), "a message")
        found |= {f"after {key}": value for key, value in dump(broker)}
        found |= {"RDB file": saved(broker).decode("latin-1"), "wire": "\n".join(wire.said)}
    assert "migrator.run_step" in found["wire"], "no step was handed to a worker"
    return found


def get(api: requests.Session, demo: Server, path: str) -> Any:
    """One answer of the API."""
    answer = api.get(f"{demo.address()}api/{path}", timeout=20)
    answer.raise_for_status()
    return answer.json()


def begin_a_slow_backup(api: requests.Session, demo: Server) -> int:
    """Of the smallest workspace; its documents come slowly."""
    source = next(one for one in get(api, demo, "instances/")["results"] if one["name"] == "source")
    rows = get(api, demo, f"workspaces/?instance={source['id']}")["results"]
    smallest = min(rows, key=lambda row: row["documents"] or 0)
    address = json.loads((demo.folder / "sandbox.json").read_text())["instances"][0]["address"]
    sandbox = "/".join(address.split("/")[:3])
    fault = {"kind": "slow_body", "path": "documentsets/export", "bytes": 2000, "seconds": PAUSE}
    requests.post(f"{sandbox}/_sandbox/faults", json=fault, timeout=20).raise_for_status()
    body = {"from_instance": source["id"], "workspaces": [smallest["id"]]}
    answer = api.post(f"{demo.address()}api/runs/backup/", json=body, timeout=20)
    assert answer.ok, answer.text
    return int(answer.json()["id"])


def _is_downloading(api: requests.Session, demo: Server, run: int) -> bool:
    steps = get(api, demo, f"runs/{run}/steps/")
    return any(step["kind"] == "documents" and step["status"] == "running" for step in steps)


def dump(broker: redis.Redis) -> Iterator[tuple[str, str]]:
    """Every key of the broker with all that it holds."""
    readers: dict[bytes, Any] = {
        b"string": broker.get,
        b"list": lambda key: broker.lrange(key, 0, -1),
        b"hash": broker.hgetall,
        b"set": broker.smembers,
        b"zset": lambda key: broker.zrange(key, 0, -1, withscores=True),
    }
    for key in broker.scan_iter():
        # A key may be gone between the two: then its kind is "none".
        kind = broker.type(key)
        yield repr(key), repr(readers[kind](key)) if kind in readers else repr(kind)


def saved(broker: redis.Redis) -> bytes:
    """The file that the broker writes when it is told to, without compression."""
    broker.config_set("rdbcompression", "no")
    broker.save()
    where: dict[str, str] = broker.config_get("dir", "dbfilename")  # type: ignore[assignment]
    return (Path(where["dir"]) / where["dbfilename"]).read_bytes()


def found_in(text: str, secrets: set[str]) -> set[str]:
    """Which secrets stand in the text, as they are or in base64, shortened."""
    packed = (_unpacked(run[start:]) for run in _BASE64.findall(text) for start in range(4))
    whole = "\n".join((text, *packed))
    return {f"{secret[:4]}…" for secret in secrets if secret in whole}


def _unpacked(run: str) -> str:
    """The bodies of messages are in base64; what stands before one may look like a part of it."""
    return base64.b64decode(run[: len(run) // 4 * 4]).decode("latin-1")


def test_no_secret_is_in_the_broker(places: dict[str, str], secrets: set[str]) -> None:
    assert len(secrets) > 6
    assert len(places) > 3
    assert {place: hit for place, text in places.items() if (hit := found_in(text, secrets))} == {}


def test_no_secret_is_in_the_process_list(
    places: dict[str, str], demo: Server, watched: Watched, secrets: set[str]
) -> None:
    for word in CHILDREN:
        assert any(word in line for line in watched.lines), f"{word} was never seen"
    given = {text for name, text in os.environ.items() if name in ("SECRET_KEY", "S3_SECRET_KEY")}
    assert found_in("\n".join(watched.lines), secrets | given) == set()
    assert any(str(demo.folder) in environment for environment in watched.environments)
    assert found_in("\n".join(watched.environments), secrets) == set()
    assert watched.open_to_others == set()


def test_no_secret_is_in_what_the_server_prints(
    places: dict[str, str], demo: Server, secrets: set[str]
) -> None:
    """But for the demo's password, which it makes anew at each start to be read there."""
    printed = [line for line in demo.lines if "Sign in as admin, password" not in line]
    assert found_in("".join(printed), secrets) == set()


def test_the_search_finds_what_is_planted(
    demo: Server, broker: redis.Redis, watched: Watched, secrets: set[str]
) -> None:
    secret = sorted(secrets)[0]
    for value in (secret, base64.b64encode(json.dumps([secret, {}]).encode()).decode()):
        broker.hset("planted", "field", value)
        assert found_in("".join(text for _, text in dump(broker)), {secret})
        assert found_in(saved(broker).decode("latin-1"), {secret})
        broker.delete("planted")
    waits = "import sys; sys.stdin.read()"
    planted = Watched()
    with subprocess.Popen(
        [sys.executable, "-c", waits, secret], stdin=subprocess.PIPE, env={"PLANTED": secret}
    ) as process:
        looked_at = psutil.Process(process.pid)
        wait_until(lambda: secret in looked_at.cmdline(), "its own command line")
        planted.look(looked_at)
        process.communicate(b"")
    assert found_in("".join(planted.lines), {secret})
    assert found_in("".join(planted.environments), {secret})
