"""Before anything was done: signing in, instances and workspaces."""

from bench.parts.walk import Walk


def arrive(walk: Walk, password: str) -> None:
    """Sign in, and look at what the demo comes with."""
    walk.go("/sign-in", "sign-in", phone=True)
    walk.page.get_by_label("Username").fill("admin")
    walk.page.get_by_label("Password").fill(password)
    walk.follow(walk.button("Sign in"))
    walk.page.get_by_role("heading", name="Home").wait_for()
    walk.take("home-first", phone=True)
    walk.go("/runs/", "runs-empty")
    walk.go("/archives/", "archives-empty")
    walk.go("/plans/", "plans-empty")


def instances(walk: Walk) -> None:
    """Instances, one of them, and what can be changed there."""
    walk.go("/instances/", "instances", phone=True)
    walk.follow(walk.link("source"))
    walk.take("instance", phone=True)
    here = walk.page.url
    service = walk.page.locator("main a[href*='/services/']:not([href$='/link'])").first
    if service.count():
        walk.go(walk.address_of(service), "instance-service")
    for action in ("change", "credential", "services/link"):
        walk.go(f"{here}{action}", f"instance-{action.replace('/', '-')}")
    walk.go("/instances/add", "instance-add")
    walk.go("/instances/add/cloud", "instance-add-cloud")


def workspaces(walk: Walk) -> None:
    """The list, and one workspace."""
    walk.go("/workspaces/", "workspaces", phone=True)
    walk.follow(walk.link("Claims"))
    walk.take("workspace", phone=True)
