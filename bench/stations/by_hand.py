"""Without a connector: a person brings the files."""

import tempfile
from pathlib import Path

from playwright.sync_api import expect

from bench.parts.walk import PATIENCE, Walk
from sandbox.generator import generate

NAMES = ("Contracts", "Reports", "Invoices")


def one(walk: Walk) -> None:
    """A run that waits for files of an instance which is served by hand."""
    walk.page.goto("/instances/add/by_hand")
    walk.page.get_by_label("Name").fill("Archive room")
    walk.follow(walk.page.locator("main form button").last)
    walk.page.get_by_role("heading", name="Archive room").wait_for()
    walk.take("instance-by-hand")
    walk.follow(walk.link("Start a backup|Back up"))
    walk.take("backup-new")
    walk.page.get_by_label("Name").fill("Letters")
    walk.page.get_by_label("Language").select_option("en")
    walk.follow(walk.button("Start its backup"))
    expect(walk.button("Bring these files")).to_be_visible(timeout=PATIENCE)
    walk.take("waiting", phone=True)
    walk.go(f"{walk.page.url}cancel", "run-cancel")


def many(walk: Walk) -> None:
    """A plan over three workspaces by their names; their files come in one drop."""
    walk.page.goto("/instances/")
    walk.follow(walk.link("Archive room"))
    walk.page.goto("/plans/start")
    walk.follow(walk.link(r"Choose its workspaces \(Archive room\)"))
    walk.page.get_by_role("radio", name="Back up:").check()
    walk.page.get_by_label("Names of the workspaces").fill("\n".join(NAMES))
    walk.page.get_by_label("Language").select_option("en")
    walk.take("plan-new-by-hand", phone=True)
    walk.follow(walk.button("Make the plan"))
    walk.be_at_plan()
    for key in ("assess", "work", "capture", "models"):
        walk.go(f"{walk.plan}{key}", f"plan-{key}-by-hand", phone=key == "assess")
    walk.page.goto(f"{walk.plan}collect")
    walk.follow(walk.button("Start the backup"))
    field = walk.page.get_by_label("Bring files of 3 workspaces together")
    expect(field).to_be_visible(timeout=PATIENCE)
    walk.take("plan-collect-by-hand", phone=True)
    with tempfile.TemporaryDirectory(prefix="exports-") as folder:
        field.set_input_files(_exports(Path(folder)))
        walk.follow(walk.button("Bring these files"))
    walk.take("plan-collect-unsorted", phone=True)


def _exports(folder: Path) -> list[Path]:
    """Of each workspace what a person downloads; the last ones do not tell by their names whose."""
    found: list[Path] = []
    for number, name in enumerate(NAMES):
        export = generate(folder / name, seed=number, documents=3)
        for file in filter(None, (export.types, export.dictionaries, export.corpus)):
            named = file.name if name == NAMES[-1] else f"{name} {file.name}"
            found.append(file.rename(file.with_name(named)))
    return found
