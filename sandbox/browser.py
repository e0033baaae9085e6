"""Where the tool's own pages would be: a person downloads and uploads files by hand here."""

import html
from collections.abc import Callable

from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from sandbox import dictionaries, documents, type_systems
from sandbox.access import check_browser
from sandbox.answers import Refused
from sandbox.calls import Call
from sandbox.limits import LANGUAGES, TOKENIZERS
from sandbox.pages import html_page
from sandbox.workspaces import insert, workspace

Operation = Callable[[Call, str], Response]
DOWNLOADS: dict[str, Operation] = {
    "types": type_systems.download,
    "dictionaries": dictionaries.download,
    "documents": documents.download,
}
UPLOADS: dict[str, Operation] = {
    "types": type_systems.upload,
    "dictionaries": dictionaries.upload,
    "documents": documents.upload,
}
NAMES = {"types": "Entity types", "dictionaries": "Dictionaries", "documents": "Documents"}


def tooling(call: Call) -> Response:
    """GET {address}/ui/: the workspaces, and a form for a new one."""
    check_browser(call)
    instance = call.the_instance()
    found = call.db.execute(
        "SELECT id, name, language FROM workspaces WHERE instance = ? ORDER BY name",
        (instance["name"],),
    )
    items = "".join(
        f'<li><a href="{_ui(call)}workspaces/{row["id"]}">{html.escape(row["name"])}</a>'
        f" ({row['language']})</li>"
        for row in found
    )
    return html_page(f"Sandbox instance {instance['name']}", f"<ul>{items}</ul>{_new_form(call)}")


def _ui(call: Call) -> str:
    return f"{call.the_instance()['path']}/ui/"


def _new_form(call: Call) -> str:
    return (
        f'<h2>New workspace</h2><form method="post" action="{_ui(call)}workspaces">'
        '<p><label>Name <input name="name" required></label></p>'
        f"<p><label>Language <select name=language>{_choices(LANGUAGES, 'en')}</select></label></p>"
        f"<p><label>Tokenizer <select name=tokenizer>{_choices(TOKENIZERS, 'ml')}</select></label>"
        "</p><button>Create</button></form>"
    )


def _choices(values: tuple[str, ...], chosen: str) -> str:
    marks = {chosen: " selected"}
    return "".join(f"<option{marks.get(value, '')}>{value}</option>" for value in values)


def create(call: Call) -> Response:
    """POST {address}/ui/workspaces."""
    check_browser(call)
    form = call.request.form
    name, language = form.get("name", "").strip(), form.get("language", "")
    tokenizer = form.get("tokenizer", "")
    if not name or language not in LANGUAGES or tokenizer not in TOKENIZERS:
        return html_page(
            "No workspace was made", "<p>A field of the form is not as it must be.</p>"
        )
    try:
        new = insert(call, name, "", language, tokenizer)
    except Refused as refused:
        return html_page("No workspace was made", f"<p>{html.escape(refused.error)}</p>")
    return redirect(f"{_ui(call)}workspaces/{new}", 303)


def one(call: Call, w: str) -> Response:
    """GET {address}/ui/workspaces/{w}: its files to download, and forms to upload them."""
    check_browser(call)
    row = workspace(call, w)
    links = "".join(
        f'<li><a href="{_ui(call)}workspaces/{w}/{kind}">Download {name.lower()}</a></li>'
        for kind, name in NAMES.items()
    )
    forms = "".join(
        f'<form method="post" enctype="multipart/form-data"'
        f' action="{_ui(call)}workspaces/{w}/{kind}"><p><label>{name}'
        f' <input type="file" name="file" required></label> <button>Upload</button></p></form>'
        for kind, name in NAMES.items()
    )
    return html_page(row["name"], f"<ul>{links}</ul><h2>Upload</h2>{forms}")


def download(call: Call, w: str, kind: str) -> Response:
    """GET {address}/ui/workspaces/{w}/{kind}: the same file as through the interface."""
    check_browser(call)
    return _known(DOWNLOADS, kind)(call, w)


def upload(call: Call, w: str, kind: str) -> Response:
    """POST {address}/ui/workspaces/{w}/{kind}: the same operation, answered by a page."""
    check_browser(call)
    back = f'<p><a href="{_ui(call)}workspaces/{w}">Back to the workspace</a></p>'
    try:
        answer = _known(UPLOADS, kind)(call, w)
    except Refused as refused:
        return html_page("Nothing was uploaded", f"<p>{html.escape(refused.error)}</p>{back}")
    said = "The documents are being imported." if answer.status_code == 202 else "It is uploaded."
    return html_page(NAMES[kind], f"<p>{said}</p>{back}")


def _known(table: dict[str, Operation], kind: str) -> Operation:
    if kind not in table:
        raise Refused(404, f"There are no files of the kind {kind}.")
    return table[kind]
