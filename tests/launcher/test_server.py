"""The supervisor with its real children, of which the broker is one."""

import signal
import socket
import time

import pytest

from migrator.launcher.supervisor import SAME_SIGNAL_SECONDS
from tests.launcher.servers import Server, Start
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.own_house]

ALL = {"broker", "web", "worker", "beat"}


def test_a_folder_with_a_long_path_works_too(running: Server) -> None:
    assert running.health().status_code == 200
    assert running.names() == ALL


def test_a_killed_server_leaves_no_orphan_and_the_next_one_starts(start: Start) -> None:
    server = start(migrated=True)
    server.address()
    server.process.kill()
    after = start()  # at once: it waits until the first one's processes are gone
    assert after.health().status_code == 200
    assert after.names() == ALL
    assert after.stop() == 0
    assert wait_until(lambda: not server.processes(), "no orphan")


def test_a_second_server_on_the_same_folder_is_refused_with_a_sentence(
    running: Server,
) -> None:
    running.address()
    second = Server(running.folder, "--port", "0")
    assert second.finish() == 1
    assert "A server already runs on the data folder" in second.output
    assert str(running.process.pid) in second.output
    assert running.health().status_code == 200


def test_a_taken_port_is_told_before_anything_starts(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = start("--port", str(port))
        assert server.finish() == 1
    assert f"Port {port} on 127.0.0.1 is taken" in server.output
    assert not (server.folder / "migrator.sqlite3").exists()


def test_children_that_die_are_started_again(running: Server) -> None:
    running.address()
    for word in (" worker ", "-server"):
        running.process_of(word).kill()
    running.line_with("it was ended by SIGKILL; restarted in 1 s")
    wait_until(lambda: running.names() == ALL, "all children again")
    wait_until(lambda: running.health().status_code == 200, "healthy again")


def test_a_killed_guard_is_replaced_and_still_leaves_no_orphan(start: Start) -> None:
    server = start(migrated=True)
    server.address()
    server.process_of("guard.py").kill()
    server.process_of(" worker ").kill()
    server.line_with("it was ended by SIGKILL; restarted in 1 s")
    wait_until(lambda: server.names() == ALL, "all children again")
    server.process.kill()
    wait_until(lambda: not server.processes(), "no orphan")


def test_web_and_beat_stop_before_the_worker_and_the_worker_before_the_broker(
    start: Start,
) -> None:
    server = start(migrated=True)
    server.address()
    server.process_of(" worker ").suspend()  # as busy as can be
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: server.names() == {"broker", "worker"}, "web and beat gone")
    server.process_of(" worker ").resume()
    assert server.finish() == 0
    assert server.processes() == []


def test_a_worker_that_stays_busy_is_killed_after_the_grace(start: Start) -> None:
    server = start("--grace", "1", migrated=True)
    server.address()
    server.process_of(" worker ").suspend()
    assert server.stop() == 0
    assert "still busy after 1 s" in server.output
    assert server.processes() == []


def test_a_second_ctrl_c_stops_at_once(start: Start) -> None:
    server = start("--grace", "600", migrated=True)
    server.address()
    server.process_of(" worker ").suspend()
    server.process.send_signal(signal.SIGINT)
    told = time.monotonic()
    wait_until(lambda: server.names() == {"broker", "worker"}, "web and beat gone")
    # One that comes sooner is taken for the first one, sent twice.
    wait_until(lambda: time.monotonic() - told > 2 * SAME_SIGNAL_SECONDS, "another signal's time")
    server.process.send_signal(signal.SIGINT)
    assert server.finish() == 0
    assert server.processes() == []


def test_an_unusable_setting_is_told_without_a_traceback(start: Start) -> None:
    server = start(WORKERS="many")
    assert server.finish() == 1
    assert server.output.strip() == "WORKERS must be a whole number, not 'many'."


def test_a_failing_migration_stops_everything_again(start: Start) -> None:
    server = start(DATABASE_URL="postgres://nobody:wrong@127.0.0.1:1/none")
    assert server.finish() == 1
    assert "The lines marked “prepare” say why." in server.output
    assert server.processes() == []


def test_a_child_that_cannot_start_stops_everything_with_a_sentence(start: Start) -> None:
    server = start(migrated=True, WEB_THREADS="-1")
    assert server.finish() == 1
    assert "“web” ended 2 times before it was ready." in server.output
    assert server.processes() == []
