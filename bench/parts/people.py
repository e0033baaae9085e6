"""What people do on the site: a file for locust, which bench.load runs in a process of its own.

BENCH_SESSIONS are the sessions of those who signed in, BENCH_WAIT the longest pause between two
pages in seconds.
"""

import os
import random
import re
from itertools import count

from locust import FastHttpUser, between, task

LONGEST = float(os.environ["BENCH_WAIT"])
PIECE = {"Range": "bytes=0-4095"}
_numbers = count()
_RUN = re.compile(r'href="(/runs/\d+/)"')
_ARCHIVE = re.compile(r'href="(/archives/\d+/)"')
_MOVING = re.compile(r'hx-get="(/runs/\d+/\?seen=[^"]*)"')


class Person(FastHttpUser):
    """Looks at what the others' backups do."""

    wait_time = between(LONGEST / 3, LONGEST)

    def on_start(self) -> None:
        """Be one of those who signed in."""
        self.chosen = self.archive = self.moving = ""
        sessions = os.environ["BENCH_SESSIONS"].split(",")
        self.signed_in = {"Cookie": f"sessionid={sessions[next(_numbers) % len(sessions)]}"}

    @task(2)
    def home(self) -> None:
        """The first page."""
        self._text("/", "home")

    @task(2)
    def runs(self) -> None:
        """The list, of which one run is looked at next."""
        self.chosen = _one_of(_RUN, self._text("/runs/", "runs"))

    @task(3)
    def one_run(self) -> None:
        """The page of a run."""
        if self.chosen:
            found = _MOVING.search(self._text(self.chosen, "run"))
            self.moving = found[1].replace("&amp;", "&") if found else ""

    @task(8)
    def watch(self) -> None:
        """What an open page of a run asks for every other second."""
        if self.moving:
            self.client.get(
                self.moving,
                headers={**self.signed_in, "HX-Request": "true"},
                name="run, moving part",
            )

    @task(2)
    def archives(self) -> None:
        """The list, of which one archive is looked at next."""
        self.archive = _one_of(_ARCHIVE, self._text("/archives/", "archives"))

    @task(2)
    def one_archive(self) -> None:
        """The page of an archive."""
        if self.archive:
            self._text(self.archive, "archive")

    @task(2)
    def download(self) -> None:
        """The first part of an archive, out of the storage."""
        if not self.archive:
            return
        address = f"{self.archive}download"
        with self.client.get(
            address,
            headers={**self.signed_in, **PIECE},
            name="archive, a range",
            catch_response=True,
        ) as answer:
            if answer.status_code != 206:
                answer.failure(f"status {answer.status_code} instead of 206")

    @task(1)
    def plans(self) -> None:
        """The list."""
        self._text("/plans/", "plans")

    @task(1)
    def workspaces(self) -> None:
        """The list."""
        self._text("/workspaces/", "workspaces")

    def _text(self, address: str, name: str) -> str:
        answer = self.client.get(address, headers=self.signed_in, name=name)
        return str(answer.text or "")


def _one_of(pattern: re.Pattern[str], text: str) -> str:
    """One of the links; some people look at the newest, some at any other."""
    found = pattern.findall(text)
    return random.choice([found[0], random.choice(found)]) if found else ""
