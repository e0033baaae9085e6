"""Walks the product as a person does and photographs every page.

`script/bench screens ADDRESS [--folder docs/screens]` wants a fresh `script/server --demo` at that
address and reads its password from standard input. It moves two workspaces by a guided plan, begins
a third by hand, and passes through everything else. Each page is checked for accessibility and for
scrolling sideways. Exit code 1: something was found, and is printed.
"""

import argparse
import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Error, Locator, Page, expect, sync_playwright

from bench.parts.camera import WIDE, Camera, crop_tops
from tests.conftest import BROWSERS

PATIENCE = 120_000  # ms that the work of a step may take on a busy machine
MOVED = ("Claims", "Support tickets")
IN_THE_README = ("home", "plan-assess", "models", "run", "proof", "archive")


class Walk:
    """One person's way through the product, with a camera."""

    def __init__(self, page: Page, camera: Camera) -> None:
        self.page = page
        self.take = camera.take
        self.plan = ""

    def go(self, address: str, name: str, *, phone: bool = False) -> None:
        """Open a page and photograph it."""
        self.page.goto(address)
        self.take(name, phone=phone)

    def follow(self, what: Locator) -> None:
        """Click what leads to another page, and be there."""
        with self.page.expect_navigation():
            what.click()

    def button(self, name: str) -> Locator:
        """The first button whose name begins so."""
        return self.page.get_by_role("button", name=re.compile(f"^{name}")).first

    def link(self, name: str) -> Locator:
        """The first link in the page's own part whose name begins so."""
        return self.page.locator("main").get_by_role("link", name=re.compile(f"^{name}")).first

    def address_of(self, link: Locator) -> str:
        """Where a link leads."""
        return str(link.get_attribute("href"))

    # Before anything is there

    def arrive(self, password: str) -> None:
        """Sign in, and look at what the demo comes with."""
        self.go("/sign-in", "sign-in", phone=True)
        self.page.get_by_label("Username").fill("admin")
        self.page.get_by_label("Password").fill(password)
        self.follow(self.button("Sign in"))
        self.page.get_by_role("heading", name="Home").wait_for()
        self.take("home-first", phone=True)
        self.go("/runs/", "runs-empty")
        self.go("/archives/", "archives-empty")
        self.go("/plans/", "plans-empty")

    def instances(self) -> None:
        """Instances, one of them, and what can be changed there."""
        self.go("/instances/", "instances", phone=True)
        self.follow(self.link("source"))
        self.take("instance", phone=True)
        here = self.page.url
        service = self.page.locator("main a[href*='/services/']:not([href$='/link'])").first
        if service.count():
            self.go(self.address_of(service), "instance-service")
        for action in ("change", "credential", "services/link"):
            self.go(f"{here}{action}", f"instance-{action.replace('/', '-')}")
        self.go("/instances/add", "instance-add")
        self.go("/instances/add/cloud", "instance-add-cloud")

    def workspaces(self) -> None:
        """The list, and one workspace."""
        self.go("/workspaces/", "workspaces", phone=True)
        self.follow(self.link("Claims"))
        self.take("workspace", phone=True)

    # The guided plan

    def make_plan(self) -> None:
        """Two workspaces that are to move, and their sources deleted afterwards."""
        self.go("/plans/start", "plan-start")
        self.follow(self.link(r"Choose its workspaces \(source\)"))
        self.take("plan-new", phone=True)
        self.page.get_by_role("radio", name=re.compile("^Move:")).check()
        self.page.get_by_role("radio", name="Yes", exact=True).check()
        for name in MOVED:
            self.page.get_by_role("checkbox", name=name).check()
        self.follow(self.button("Make the plan"))
        self.page.wait_for_url(re.compile(r"/plans/\d+/\w+"))
        self.plan = re.sub(r"(/plans/\d+/).*", r"\1", self.page.url)
        self.step("scope")

    def step(self, key: str) -> None:
        """Photograph a step of the plan."""
        self.go(f"{self.plan}{key}", f"plan-{key}", phone=True)

    def settled(self) -> None:
        """Wait until the step that is shown says that it is done."""
        done = self.page.locator("#plan-step .app-badge", has_text="Done")
        expect(done).to_be_visible(timeout=PATIENCE)

    def assess(self) -> None:
        """Look at the checks; answer what only a person can see; accept the rest by name."""
        self.page.goto(f"{self.plan}assess")
        if self.button("Check 2 workspaces").count():
            self.follow(self.button("Check 2 workspaces"))
        self.step("assess")
        self.go(f"{self.plan}assess?show=all", "plan-assess-all")
        self.go(
            self.address_of(self.page.locator("main a[href*='/assess/workspaces/']").first),
            "plan-assess-workspace",
        )
        open_ones = self._open_checks()
        for number, address in enumerate(open_ones):
            self.page.goto(address)
            if number == 0:
                self.take("plan-assess-check", phone=True)
            self._accept()
        self.go(f"{self.plan}assess", "plan-assess-accepted")

    def _open_checks(self) -> list[str]:
        self.page.goto(f"{self.plan}assess")
        rows = self.page.locator(".app-check-list a.app-link").all()
        return [self.address_of(row) for row in rows]

    def _accept(self) -> None:
        answer = self.page.locator("section[aria-labelledby=answer-title]")
        if answer.get_by_role("radio", name="No", exact=True).count():
            answer.get_by_role("radio", name="No", exact=True).check()
            self.follow(self.button("Keep the answer"))
        elif self.page.get_by_label("Reason").count():
            self.page.get_by_label("Reason").fill("Agreed with the team on Monday.")
            self.follow(self.page.locator("button[name=accept]"))

    def work(self) -> None:
        """Unfinished work, and accepting that it is lost."""
        self.step("work")
        for ask in self.page.locator("details.app-work__accept").all():
            if "Change" not in ask.inner_text():
                ask.locator("summary").click()
                ask.get_by_label("Why may it be lost?").fill("It is annotated anew in the target.")
                self.follow(ask.get_by_role("button", name="Accept in my name"))
        self.settled()

    def capture(self) -> None:
        """Worksheets, filled from the inventory."""
        self.page.goto(f"{self.plan}capture")
        self.follow(self.button("Fill from the inventory"))
        self.button("Fill again").wait_for()
        sheet = self.address_of(
            self.page.locator("main a[href*='/worksheets/'][href$='/tasks']").last
        )
        self.take("plan-capture-filled")
        self.go(sheet, "plan-worksheet", phone=True)
        self.go(f"{self.plan}people", "plan-people", phone=True)
        self.page.goto(f"{self.plan}capture")
        self.follow(self.button("Complete all"))
        self.step("capture")

    def models(self) -> None:
        """Deployed models: one of the plan is undeployed after a typed confirmation."""
        self.go("/models/", "models", phone=True)
        self.go(self.address_of(self.page.locator("main a[href^='/models/']").first), "model")
        self.step("models")
        self.page.get_by_role("radio", name="Undeploy now").first.check()
        self.follow(self.button("Save for"))
        phrase = self.page.locator("label[for=typed] b").inner_text()
        self.take("undeploy", phone=True)
        self.page.get_by_label(re.compile("^Type")).fill(phrase)
        self.follow(self.button("Undeploy"))
        self.take("undeploying")
        gone = self.page.get_by_text("No model of this workspace is deployed")
        for _ in range(30):
            self.page.goto(f"{self.plan}models")
            if gone.count() == len(MOVED):
                break
            self.page.wait_for_load_state("networkidle")
        self.take("plan-models-after")

    def back_up(self) -> None:
        """Collect and seal."""
        self.page.goto(f"{self.plan}collect")
        self.take("plan-collect-start")
        self.follow(self.button("Start the backup"))
        self.take("plan-collect-running", phone=True)
        self.settled()
        self.step("collect")
        self.page.goto(f"{self.plan}seal")
        self.settled()
        self.step("seal")

    def restore(self) -> None:
        """Read the target, confirm, restore, and see the proof."""
        self.page.goto(f"{self.plan}target")
        self.page.get_by_label("Restore into").select_option(label="target")
        self.follow(self.page.locator("main form.app-filters button").first)
        self.settled()
        self.step("target")
        item = self.page.locator(f"main a[href^='{self._path()}target/']").first
        self.go(self.address_of(item), "plan-target-workspace")
        self.step("review")
        self.follow(self.button("Confirm as"))
        self.settled()
        self.page.goto(f"{self.plan}restore")
        self.follow(self.button("Restore 2 workspaces"))
        self.take("plan-restore-running", phone=True)
        proofs = self.page.locator("main a[href^='/verifications/']")
        expect(proofs).to_have_count(len(MOVED), timeout=PATIENCE)
        self.step("restore")
        for address in [self.address_of(proof) for proof in proofs.all()]:
            self.page.goto(address)
            differs = self.page.get_by_label("Reason").count()
            self.take("proof-differences" if differs else "proof", phone=True)
            if differs:
                self.page.get_by_label("Reason").fill("Looked at; they are made by hand.")
                self.follow(self.button("Accept"))

    def _path(self) -> str:
        return re.sub(r"^https?://[^/]+", "", self.plan)

    def finish(self) -> None:
        """What is made again, the gate, and its receipt."""
        self.step("finish")
        self.go(f"{self.plan}retrain", "plan-retrain")
        self.go(f"{self.plan}kits", "plan-kits")
        tasks = self.page.locator("main a[href$='/tasks']").first
        if tasks.count():
            self.go(self.address_of(tasks), "plan-tasks")
        self.page.goto(f"{self.plan}finish")
        while (ask := self.page.get_by_text("Accept it by name")).count():
            ask.first.click()
            self.page.get_by_label("Why is it acceptable?").locator("visible=true").fill(
                "Looked at with the team; nobody needs it any more."
            )
            self.follow(self.page.get_by_role("button", name="Accept as").locator("visible=true"))
        if self.page.get_by_label(re.compile("^Your name")).count():
            self.page.get_by_label(re.compile("^Your name")).first.fill("Ada Lovelace")
            self.follow(self.button("Sign the receipt"))
            self.take("receipt")
        self.go(f"{self.plan}finish", "plan-finish-signed")
        for address in ("", "losses", "report"):
            self.go(f"{self.plan}{address}", f"plan-{address or 'overview'}", phone=True)

    # By hand

    def by_hand(self) -> None:
        """A run that waits for files of an instance which is served by hand."""
        self.page.goto("/instances/add/by_hand")
        self.page.get_by_label("Name").fill("Archive room")
        self.follow(self.page.locator("main form button").last)
        self.page.get_by_role("heading", name="Archive room").wait_for()
        self.take("instance-by-hand")
        self.follow(self.link("Start a backup|Back up"))
        self.take("backup-new")
        self.page.get_by_label("Name").fill("Letters")
        self.page.get_by_label("Language").select_option("en")
        self.follow(self.button("Start its backup"))
        expect(self.button("Bring these files")).to_be_visible(timeout=PATIENCE)
        self.take("waiting", phone=True)
        self.go(f"{self.page.url}cancel", "run-cancel")

    # What is there afterwards

    def archives(self) -> None:
        """The list, one archive, and where it can go; a second restore meets what is there."""
        self.page.goto("/instances/")
        self.follow(self.link("target"))
        self.button("Read the inventory").click()
        expect(self.link("Claims")).to_be_visible(timeout=PATIENCE)
        self.go("/archives/", "archives", phone=True)
        self.follow(self.link("Claims"))
        self.take("archive", phone=True)
        here = self.page.url
        self.go(f"{here}delete", "archive-delete")
        self.go(f"{here}restore", "restore-new")
        self.follow(self.link("target"))
        self.take("restore-into")
        self.page.get_by_label(re.compile(r"Claims \(existing\)")).check()
        self.follow(self.button("Review"))
        expect(self.button("Start the restore")).to_be_visible(timeout=PATIENCE)
        self.take("review", phone=True)

    def runs(self) -> None:
        """The list; a restore that ran, its log and its report."""
        self.go("/runs/", "runs", phone=True)
        run = self.address_of(self.page.locator("main tbody a[href^='/runs/']").nth(1))
        self.go(run, "run", phone=True)
        self.go(f"{run}log", "run-log")
        self.go(f"{run}report", "report", phone=True)

    def around(self) -> None:
        """Home with something on it, and the pages beside the job."""
        self.go("/", "home", phone=True)
        self.go("/plans/", "plans", phone=True)
        self.go("/help", "help", phone=True)
        self.go("/users/", "users", phone=True)
        self.follow(self.link("admin"))
        self.take("user")
        self.go("/users/add", "user-add")
        self.go("/users/personal-data", "personal-data")
        self.go("/archives/rules", "archive-rules")
        self.go("/archives/retention?days=30&newest=1", "archive-retention")
        self.go("/account/", "account", phone=True)
        self.go("/account/password", "account-password")
        self.go("/audit/", "audit", phone=True)
        self.go("/approvals/", "approvals")
        self.go("/backups/start", "backup-start")
        self.go("/nothing-here", "not-found")


STATIONS = (
    Walk.instances,
    Walk.workspaces,
    Walk.make_plan,
    Walk.assess,
    Walk.work,
    Walk.capture,
    Walk.models,
    Walk.back_up,
    Walk.restore,
    Walk.finish,
    Walk.by_hand,
    Walk.runs,
    Walk.archives,
    Walk.around,
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
        walk.arrive(password)
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
