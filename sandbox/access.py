"""Who calls: session cookies, bearer tokens, basic authorization."""

import hmac
import secrets
import sqlite3

from sandbox.answers import Redirected, Refused
from sandbox.calls import Call

XSRF_COOKIE = "WKS-XSRF-TOKEN"
DPAT_COOKIE = "Watson-DPAT"
XSRF_HEADER = "x-wks-xsrf-token"


def check_tool(call: Call) -> None:
    """Let the call into its instance, or raise what the tool answers.

    A bearer token is looked at first; without one the session cookies count.
    """
    if call.request.authorization is not None:
        _check_bearer(call)
    else:
        _check_session(call)
    known = call.db.execute(
        "SELECT 1 FROM users WHERE instance = ? AND user_id = ?",
        (call.the_instance()["name"], call.user_id),
    ).fetchone()
    if known is None:
        raise Refused(403, "This user has no access to this instance.")


def _check_bearer(call: Call) -> None:
    token = bearer_token(call)
    if token["service"]:
        raise Refused(403, "This API key belongs to another service.")
    if token["account"] != call.the_instance()["account"]:
        raise Refused(403, "This account has no access to this instance.")
    call.user_id, call.account = token["user_id"], token["account"]


def bearer_token(call: Call) -> sqlite3.Row:
    """The row of the valid token that the request carries; 401 without one."""
    given = call.request.authorization
    text = given.token if given is not None and given.type == "bearer" else None
    found: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM tokens WHERE token = ? AND expires > ?", (text, call.state.now())
    ).fetchone()
    if found is None:
        raise Refused(401, "Unauthorized: the token is unknown or has expired.")
    return found


def check_browser(call: Call) -> None:
    """Let a person in who clicks on the sandbox's own pages: the cookies alone count there."""
    found, instance = _session(call), call.the_instance()
    if found["instance"] != instance["name"]:
        raise Redirected(f"{call.base}{instance['path']}/login")
    call.user_id, call.account = found["user_id"], instance["account"]


def _session(call: Call) -> sqlite3.Row:
    """The session that the cookies name; without one the login page answers."""
    cookies = call.request.cookies
    found: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM sessions WHERE dpat = ?", (cookies.get(DPAT_COOKIE, ""),)
    ).fetchone()
    if found is None or found["lost"] or found["xsrf_token"] != cookies.get(XSRF_COOKIE):
        raise Redirected(f"{call.base}{call.the_instance()['path']}/login")
    return found


def _check_session(call: Call) -> None:
    instance = call.the_instance()
    found = _session(call)
    given = call.request.headers.get(XSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), found["xsrf_token"].encode()):
        raise Refused(403, "The header x-wks-xsrf-token does not match the session.")
    if found["instance"] != instance["name"]:
        raise Refused(403, "This account has no access to this instance.")
    call.user_id, call.account = found["user_id"], instance["account"]


def check_service(call: Call, guid: str, kind: str) -> sqlite3.Row:
    """The NLU or Discovery instance, for a caller whose token or basic key belongs to it."""
    service: sqlite3.Row | None = call.db.execute(
        "SELECT * FROM services WHERE guid = ? AND kind = ?", (guid, kind)
    ).fetchone()
    if service is None:
        raise Refused(404, "No such instance.")
    given = call.request.authorization
    if given is not None and given.type == "basic":
        right = given.username == "apikey" and _key_fits(call, given.password or "", service)
    else:
        token = bearer_token(call)
        right = _fits(token["account"], token["service"], service)
    if not right:
        raise Refused(401, "Unauthorized")
    return service


def _key_fits(call: Call, key: str, service: sqlite3.Row) -> bool:
    found = call.db.execute("SELECT * FROM api_keys WHERE key = ?", (key,)).fetchone()
    return found is not None and _fits(found["account"], found["service"], service)


def _fits(account: str, guid: str, service: sqlite3.Row) -> bool:
    """A key of the whole account opens all its services, a service's own key only that one."""
    return account == service["account"] and guid in ("", service["guid"])


def open_session(db: sqlite3.Connection, instance: str, user_id: str) -> dict[str, str]:
    """A fresh session of `user_id`, as the two cookies of a browser hold it."""
    session = {"xsrf_token": secrets.token_hex(16), "dpat": secrets.token_urlsafe(48)}
    db.execute(
        "INSERT INTO sessions (dpat, xsrf_token, instance, user_id) VALUES (?, ?, ?, ?)",
        (session["dpat"], session["xsrf_token"], instance, user_id),
    )
    return session


def lose_session(call: Call) -> None:
    """The session that calls is over, and so is the token that calls."""
    given = call.request.authorization
    call.db.execute(
        "UPDATE sessions SET lost = 1 WHERE dpat = ?", (call.request.cookies.get(DPAT_COOKIE),)
    )
    if given is not None and given.token:
        call.db.execute("UPDATE tokens SET expires = 0 WHERE token = ?", (given.token,))
