"""The second half of the plan: the copies, their proofs, and what is done afterwards."""

import re

from playwright.sync_api import expect

from bench.parts.walk import MOVED, PATIENCE, Walk
from bench.stations.plan import accept


def restore(walk: Walk) -> None:
    """Read the target, confirm, restore, and see the proof."""
    walk.page.goto(f"{walk.plan}target")
    walk.page.get_by_label("Restore into").select_option(label="target")
    walk.follow(walk.page.locator("main form.app-filters button").first)
    _answer_target(walk)
    walk.step("target")
    item = walk.page.locator(f"main a[href^='{walk.path()}target/']").first
    walk.go(walk.address_of(item), "plan-target-workspace")
    walk.step("review")
    walk.follow(walk.button("Confirm as"))
    walk.settled()
    walk.page.goto(f"{walk.plan}restore")
    walk.follow(walk.button("Restore 2 workspaces"))
    walk.take("plan-restore-running", phone=True)
    proofs = walk.page.locator("main a[href^='/verifications/']")
    expect(proofs).to_have_count(len(MOVED), timeout=PATIENCE)
    walk.step("restore")
    for address in [walk.address_of(proof) for proof in proofs.all()]:
        walk.page.goto(address)
        differs = walk.page.get_by_label("Reason").count()
        walk.take("proof-differences" if differs else "proof", phone=True)
        if differs:
            walk.page.get_by_label("Reason").fill("Looked at; they are made by hand.")
            walk.follow(walk.button("Accept"))


def _answer_target(walk: Walk) -> None:
    """Once it is read: accept by name what it brought up, and say who becomes whom."""
    expect(walk.page.locator("#plan-step")).to_contain_text("2 of 2 read", timeout=PATIENCE)
    walk.take("plan-target-read")
    walk.page.goto(f"{walk.plan}target")
    asks = walk.page.locator("section:has(#unanswered) a.app-link").all()
    for address in [walk.address_of(ask) for ask in asks]:
        walk.page.goto(address)
        accept(walk)
    walk.page.goto(f"{walk.plan}people")
    walk.follow(walk.button("Save the people map"))
    walk.page.goto(f"{walk.plan}target")
    walk.settled()


def finish(walk: Walk) -> None:
    """What is made again, the gate, and its receipt."""
    walk.step("finish")
    walk.go(f"{walk.plan}retrain", "plan-retrain")
    walk.go(f"{walk.plan}kits", "plan-kits")
    tasks = walk.page.locator("main a[href$='/tasks']").first
    if tasks.count():
        walk.go(walk.address_of(tasks), "plan-tasks")
    walk.page.goto(f"{walk.plan}finish")
    while (ask := walk.page.get_by_text("Accept it by name")).count():
        ask.first.click()
        walk.page.get_by_label("Why is it acceptable?").locator("visible=true").fill(
            "Looked at with the team; nobody needs it any more."
        )
        walk.follow(walk.page.get_by_role("button", name="Accept as").locator("visible=true"))
    if walk.page.get_by_label(re.compile("^Your name")).count():
        walk.page.get_by_label(re.compile("^Your name")).first.fill("The administrator")
        walk.follow(walk.button("Sign the receipt"))
        walk.take("receipt")
    walk.go(f"{walk.plan}finish", "plan-finish-signed")
    for address in ("", "losses", "report"):
        walk.go(f"{walk.plan}{address}", f"plan-{address or 'overview'}", phone=True)
