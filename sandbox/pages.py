"""The HTML pages of the sandbox: each says that this is no service of IBM's."""

import html
import sqlite3

from werkzeug.wrappers import Response

from sandbox.access import DPAT_COOKIE, XSRF_COOKIE, open_session
from sandbox.calls import Call

NOTICE = (
    "This is a local stand-in for demonstrations and tests. It is not IBM's service, knows nothing"
    " of IBM's service, and what is stored here stays on this machine."
)
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#161616;background:#fff}table{border-collapse:collapse;width:100%}"
    "td,th{text-align:left;padding:.5rem;border-bottom:1px solid #c6c6c6;overflow-wrap:anywhere}"
    ".notice{border-left:4px solid #0f62fe;padding:.75rem 1rem;background:#edf5ff}"
    "@media(max-width:40rem){tr,td{display:block;border:0;padding:.125rem 0}th{display:none}"
    "tr{border-bottom:1px solid #8d8d8d;padding:.5rem 0}}"
    "@media(prefers-color-scheme:dark){body{color:#f4f4f4;background:#161616}"
    ".notice{background:#262626}a{color:#78a9ff}}"
)


def html_page(title: str, content: str) -> Response:
    """A page with the notice on it; `content` is HTML."""
    document = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>{html.escape(title)}</h1><p class="notice">{NOTICE}</p>{content}</main></body></html>'
    )
    return Response(document, content_type="text/html;charset=UTF-8")


def html_table(heads: tuple[str, ...], lines: list[tuple[object, ...]]) -> str:
    """A table of texts."""
    head = "".join(f'<th scope="col">{html.escape(each)}</th>' for each in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(each))}</td>" for each in line) + "</tr>"
        for line in lines
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def home(call: Call) -> Response:
    """GET /: what this is, and the instances on it."""
    found = call.db.execute(
        "SELECT i.*, count(w.id) AS workspaces FROM instances i"
        " LEFT JOIN workspaces w ON w.instance = i.name GROUP BY i.name ORDER BY i.rowid"
    )
    heads = ("Instance", "Kind", "Plan", "Workspaces", "Address")
    instances = found.fetchall()
    lines: list[tuple[object, ...]] = [
        (row["name"], row["kind"], row["plan"], row["workspaces"], call.base + row["path"])
        for row in instances
    ]
    links = "".join(
        f'<li><a href="{row["path"]}/ui/">Open {html.escape(row["name"])}</a></li>'
        for row in instances
    )
    return html_page("Knowledge Studio sandbox", html_table(heads, lines) + f"<ul>{links}</ul>")


def login(call: Call) -> Response:
    """GET {address}/login: where a lost session is sent to."""
    form = '<form method="post"><button type="submit">Sign in</button></form>'
    return html_page("Sign in to the sandbox", form)


def signed_in(call: Call) -> Response:
    """POST {address}/login: a new session, in the browser's cookies and on the page."""
    instance = call.the_instance()
    session = open_session(call.db, instance["name"], _first_user(call.db, instance["name"]))
    lines: list[tuple[object, ...]] = [
        (XSRF_COOKIE, session["xsrf_token"]),
        (DPAT_COOKIE, session["dpat"]),
    ]
    table = html_table(("Cookie", "Value"), lines)
    link = f'<p><a href="{instance["path"]}/ui/">Go on to the workspaces</a></p>'
    answer = html_page("Signed in to the sandbox", table + link)
    answer.set_cookie(XSRF_COOKIE, session["xsrf_token"], path=instance["path"], samesite="Lax")
    answer.set_cookie(
        DPAT_COOKIE, session["dpat"], path=instance["path"], httponly=True, samesite="Lax"
    )
    return answer


def _first_user(db: sqlite3.Connection, instance: str) -> str:
    row = db.execute(
        "SELECT user_id FROM users WHERE instance = ? ORDER BY rowid", (instance,)
    ).fetchone()
    user_id: str = row["user_id"]
    return user_id
