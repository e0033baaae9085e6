"""A real S3 server for tests: SeaweedFS on loopback, in a folder of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import requests

from tests.waiting import wait_until

BUCKET = "archives"
ACCESS_KEY = "migrator-tests"
SECRET_KEY = "planted-secret-of-the-bucket"
REGION = "us-east-1"


@dataclass(frozen=True)
class S3Server:
    """One that runs, with an empty bucket."""

    endpoint: str
    folder: Path

    @property
    def client(self) -> Any:
        """Ordinary access to it, beside the product's."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )

    def options(self, **other: Any) -> dict[str, Any]:
        """What the storage is configured with."""
        return {
            "bucket_name": BUCKET,
            "endpoint_url": self.endpoint,
            "region_name": REGION,
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
            **other,
        }

    def names(self) -> set[str]:
        """What is in the bucket."""
        listed = self.client.list_objects_v2(Bucket=BUCKET)
        return {found["Key"] for found in listed.get("Contents", [])}


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Such a server; process and files are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="s3-"))
    keys = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    who = {"name": "migrator", "credentials": [keys], "actions": actions}
    (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
    ports = _free_ports(8)
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "weed"), "server", *_options(folder, ports)],
        cwd=folder,
        env={
            **os.environ,
            # Its lock files and sockets go into the folder, too.
            "TMPDIR": str(folder),
            "HOME": str(folder),
            # One file for a new bucket and not seven: they are made one after the other.
            "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
        },
        stdout=log,
        stderr=log,
    )
    server = S3Server(f"http://127.0.0.1:{ports[0]}", folder)
    try:
        wait_until(lambda: _ready(server, process), "the S3 server")
        yield server
    finally:
        process.kill()  # asked politely it waits ten seconds, and nobody wants its files
        process.wait(60)
        log.close()
        for port in ports:  # of these it names the folder itself
            for left in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                left.unlink()
        shutil.rmtree(folder)


def _options(folder: Path, ports: list[int]) -> list[str]:
    names = ["s3.port", "s3.port.grpc", "master.port", "master.port.grpc"]
    names += ["volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc"]
    return [
        *(f"-{name}={port}" for name, port in zip(names, ports, strict=True)),
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.config={folder / 's3.json'}",
        "-s3",
        "-s3.iam=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.localSocket={folder / 's3.sock'}",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=500",
        "-volume.minFreeSpace=1",
    ]


def _ready(server: S3Server, process: "subprocess.Popen[bytes]") -> bool:
    """True when it serves the bucket, which is made here."""
    assert process.poll() is None, (server.folder / "log").read_text()
    try:
        if requests.get(f"{server.endpoint}/status", timeout=5).status_code != 200:
            return False
    except requests.ConnectionError:
        return False
    server.client.create_bucket(Bucket=BUCKET)
    return True


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in held]
