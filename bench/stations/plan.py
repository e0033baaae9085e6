"""A guided plan over two workspaces, up to their sealed archives."""

import re

from bench.parts.walk import MOVED, Walk


def make_plan(walk: Walk) -> None:
    """Two workspaces that are to move, and their sources deleted afterwards."""
    walk.go("/plans/start", "plan-start")
    walk.follow(walk.link(r"Choose its workspaces \(source\)"))
    walk.take("plan-new", phone=True)
    walk.page.get_by_role("radio", name=re.compile("^Move:")).check()
    walk.page.get_by_role("radio", name="Yes", exact=True).check()
    for name in MOVED:
        walk.page.get_by_role("checkbox", name=name).check()
    walk.follow(walk.button("Make the plan"))
    walk.be_at_plan()
    walk.step("scope")


def assess(walk: Walk) -> None:
    """Look at the checks; answer what only a person can see; accept the rest by name."""
    walk.page.goto(f"{walk.plan}assess")
    if walk.button("Check 2 workspaces").count():
        walk.follow(walk.button("Check 2 workspaces"))
    walk.step("assess")
    walk.go(f"{walk.plan}assess?show=all", "plan-assess-all")
    walk.go(
        walk.address_of(walk.page.locator("main a[href*='/assess/workspaces/']").first),
        "plan-assess-workspace",
    )
    open_ones = _open_checks(walk)
    for number, address in enumerate(open_ones):
        walk.page.goto(address)
        if number == 0:
            walk.take("plan-assess-check", phone=True)
        accept(walk)
    walk.go(f"{walk.plan}assess", "plan-assess-accepted")


def _open_checks(walk: Walk) -> list[str]:
    walk.page.goto(f"{walk.plan}assess")
    rows = walk.page.locator(".app-check-list a.app-link").all()
    return [walk.address_of(row) for row in rows]


def accept(walk: Walk) -> None:
    """Answer the check that is shown with No, or accept what it found."""
    answer = walk.page.locator("section[aria-labelledby=answer-title]")
    if answer.get_by_role("radio", name="No", exact=True).count():
        answer.get_by_role("radio", name="No", exact=True).check()
        walk.follow(walk.button("Keep the answer"))
    elif walk.page.get_by_label("Reason").count():
        folded = walk.page.locator("details.app-decide:not([open]) > summary")
        if folded.count():
            folded.click()
        walk.page.get_by_label("Reason").fill("Agreed with the team on Monday.")
        walk.follow(walk.page.locator("button[name=accept]"))


def work(walk: Walk) -> None:
    """Unfinished work, and accepting that it is lost."""
    walk.step("work")
    for ask in walk.page.locator("details.app-work__accept").all():
        if "Change" not in ask.inner_text():
            ask.locator("summary").click()
            ask.get_by_label("Why may it be lost?").fill("It is annotated anew in the target.")
            walk.follow(ask.get_by_role("button", name="Accept in my name"))
    walk.settled()


def capture(walk: Walk) -> None:
    """Worksheets, filled from the inventory."""
    walk.page.goto(f"{walk.plan}capture")
    walk.follow(walk.button("Fill from the inventory"))
    walk.button("Fill again").wait_for()
    sheet = walk.address_of(walk.page.locator("main a[href*='/worksheets/'][href$='/tasks']").last)
    walk.take("plan-capture-filled")
    walk.go(sheet, "plan-worksheet", phone=True)
    walk.go(f"{walk.plan}people", "plan-people", phone=True)
    walk.page.goto(f"{walk.plan}capture")
    walk.page.get_by_text("Complete all that lack nothing").click()
    walk.follow(walk.button("Complete "))
    walk.step("capture")


def models(walk: Walk) -> None:
    """Deployed models: one of the plan is undeployed after a typed confirmation."""
    walk.go("/models/", "models", phone=True)
    walk.go(walk.address_of(walk.page.locator("main a[href^='/models/']").first), "model")
    walk.step("models")
    walk.page.get_by_role("radio", name="Undeploy now").first.check()
    walk.follow(walk.button("Save for"))
    phrase = walk.page.locator("label[for=typed] b").inner_text()
    walk.take("undeploy", phone=True)
    walk.page.get_by_label(re.compile("^Type")).fill(phrase)
    walk.follow(walk.button("Undeploy"))
    walk.take("undeploying")
    gone = walk.page.get_by_text("No model of this workspace is deployed")
    for _ in range(30):
        walk.page.goto(f"{walk.plan}models")
        if gone.count() == len(MOVED):
            break
        walk.page.wait_for_load_state("networkidle")
    walk.take("plan-models-after")


def back_up(walk: Walk) -> None:
    """Collect and seal."""
    walk.page.goto(f"{walk.plan}collect")
    walk.take("plan-collect-start")
    walk.follow(walk.button("Start the backup"))
    walk.take("plan-collect-running", phone=True)
    walk.settled()
    walk.step("collect")
    walk.page.goto(f"{walk.plan}seal")
    walk.settled()
    walk.step("seal")
