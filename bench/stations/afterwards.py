"""What is there once something was done, and the pages beside the job."""

import re

from playwright.sync_api import expect

from bench.parts.walk import PATIENCE, Walk


def archives(walk: Walk) -> None:
    """The list, one archive, and where it can go; a second restore meets what is there."""
    walk.page.goto("/instances/")
    walk.follow(walk.link("target"))
    walk.button("Read the inventory").click()
    expect(walk.link("Claims")).to_be_visible(timeout=PATIENCE)
    walk.go("/archives/", "archives", phone=True)
    walk.follow(walk.link("Claims"))
    walk.take("archive", phone=True)
    here = walk.page.url
    walk.go(f"{here}compare", "archive-compare", phone=True)
    walk.go(f"{here}delete", "archive-delete")
    walk.page.goto(here)
    walk.page.get_by_text("Hold this archive").click()
    walk.page.get_by_label(re.compile("^Why|^Reason")).locator("visible=true").fill("Case 4711.")
    walk.follow(walk.button("Place a hold"))
    walk.take("archive-held")
    walk.go(f"{here}restore", "restore-new")
    walk.follow(walk.link("target"))
    walk.take("restore-into")
    walk.page.get_by_label(re.compile(r"Claims \(existing\)")).check()
    walk.follow(walk.button("Review"))
    expect(walk.button("Start the restore")).to_be_visible(timeout=PATIENCE)
    walk.take("review", phone=True)


def runs(walk: Walk) -> None:
    """The list; a restore that ran, its log and its report."""
    walk.go("/runs/", "runs", phone=True)
    run = walk.address_of(walk.page.locator("main tbody a[href^='/runs/']").nth(1))
    walk.go(run, "run", phone=True)
    walk.go(f"{run}log", "run-log")
    walk.go(f"{run}report", "report", phone=True)


def around(walk: Walk) -> None:
    """Home with something on it, and the pages beside the job."""
    walk.go("/", "home", phone=True)
    walk.go("/plans/", "plans", phone=True)
    walk.go("/people/", "people", phone=True)
    walk.go("/people/against?source=1&target=2&show=", "people-against", phone=True)
    walk.go("/reports/", "reports", phone=True)
    walk.go("/help", "help", phone=True)
    walk.go("/users/", "users", phone=True)
    walk.follow(walk.link("admin"))
    walk.take("user")
    walk.go("/users/add", "user-add")
    walk.page.get_by_label("User name").fill("second")
    walk.follow(walk.page.locator("main form button").last)
    walk.take("user-link")
    walk.go("/users/personal-data", "personal-data", phone=True)
    walk.page.get_by_label(re.compile("^Names")).fill("annotator.1@example.com")
    walk.follow(walk.page.locator("main form button").first)
    walk.take("personal-data-found")
    walk.go("/archives/rules", "archive-rules", phone=True)
    walk.go("/archives/retention?days=30&newest=1", "archive-retention", phone=True)
    walk.go("/account/", "account", phone=True)
    walk.go("/account/password", "account-password")
    walk.go("/account/messages", "account-messages", phone=True)
    walk.go("/settings/", "settings", phone=True)
    walk.go("/settings/mail", "settings-mail", phone=True)
    walk.go("/settings/webhook", "settings-webhook", phone=True)
    walk.go("/audit/", "audit", phone=True)
    walk.go("/approvals/", "approvals")
    walk.go("/backups/start", "backup-start")
    walk.go("/nothing-here", "not-found")
