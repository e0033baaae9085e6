"""Walks the product as a person does and photographs every page.

`script/bench screens ADDRESS [--folder docs/screens]` wants a fresh `script/server --demo` at that
address and reads its password from standard input. It moves two workspaces by a guided plan, brings
others by hand, encrypts one, and passes through everything else. Each page is checked for
accessibility and for scrolling sideways. Exit code 1: something was found, and is printed.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

from bench.parts.camera import WIDE, Camera, crop_tops
from bench.parts.walk import Walk
from bench.stations import afterwards, arrival, by_hand, copy, encrypted, plan
from tests.conftest import BROWSERS

IN_THE_README = ("home", "plan-assess", "models", "run", "proof", "archive")
STATIONS = (
    arrival.instances,
    arrival.workspaces,
    plan.make_plan,
    plan.assess,
    plan.work,
    plan.capture,
    plan.models,
    plan.back_up,
    copy.restore,
    copy.finish,
    by_hand.one,
    afterwards.runs,
    encrypted.encrypted,
    by_hand.many,
    afterwards.archives,
    afterwards.around,
)


def main() -> int:
    """Walk, then print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("--folder", type=Path, default=Path("docs/screens"))
    asked = parser.parse_args()
    password = sys.stdin.readline().strip()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=next(filter(None, map(shutil.which, BROWSERS)), None)
        )
        # Without motion no colour is caught half way between two themes.
        context = browser.new_context(
            viewport=WIDE, base_url=asked.address, reduced_motion="reduce"
        )
        page = context.new_page()
        camera = Camera(page, asked.folder)
        walk = Walk(page, camera)
        arrival.arrive(walk, password)
        for station in STATIONS:
            try:
                station(walk)
            except (Error, AssertionError) as stuck:
                camera.problems.append(f"{station.__name__} at {page.url}: {stuck}")
            print(f"{station.__name__}: {camera.pages} pages so far", flush=True)
        browser.close()
    for problem in camera.problems:
        print(problem)
    print(f"{camera.pages} pages, {len(camera.problems)} problems")
    crop_tops(asked.folder, IN_THE_README)
    return int(bool(camera.problems))


if __name__ == "__main__":
    sys.exit(main())
