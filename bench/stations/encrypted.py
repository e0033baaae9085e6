"""Archives that only a key opens."""

import re

from playwright.sync_api import expect

from bench.parts.walk import PATIENCE, Walk

PASSPHRASE = "seven quiet lanterns over the harbour"


def encrypted(walk: Walk) -> None:
    """A plan whose archive is encrypted with a passphrase, and the archive."""
    walk.page.goto("/plans/start")
    walk.follow(walk.link(r"Choose its workspaces \(cp4d\)"))
    walk.page.get_by_role("radio", name=re.compile("^Back up:")).check()
    walk.page.get_by_role("checkbox").first.check()
    walk.follow(walk.button("Make the plan"))
    walk.be_at_plan()
    walk.page.goto(f"{walk.plan}encryption")
    walk.page.get_by_role("radio", name=re.compile("passphrase", re.IGNORECASE)).check()
    walk.page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    walk.page.get_by_label("Passphrase again").fill(PASSPHRASE)
    walk.page.get_by_role("checkbox", name="I know that without the key").check()
    walk.take("plan-encryption", phone=True)
    walk.follow(walk.button("Save"))
    walk.page.goto(f"{walk.plan}collect")
    walk.follow(walk.button("Start the backup"))
    walk.settled()
    walk.page.goto(f"{walk.plan}seal")
    walk.settled()
    archive = walk.page.locator("main a[href^='/archives/']").first
    walk.page.goto(walk.address_of(archive))
    expect(walk.link("Unlock")).to_be_visible(timeout=PATIENCE)
    walk.take("archive-encrypted")
    walk.follow(walk.link("Unlock"))
    walk.take("archive-unlock", phone=True)
