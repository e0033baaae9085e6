"""Download and upload of a workspace's documents."""

import json
import zipfile
from pathlib import Path, PurePath

from werkzeug.utils import send_file
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from migrator.formats.corpus import open_corpus
from migrator.formats.errors import StatedError
from sandbox.answers import Refused, json_answer, new_id
from sandbox.calls import Call
from sandbox.corpus_files import corpus_file
from sandbox.jobs import add_job
from sandbox.type_systems import must_have_types
from sandbox.uploads import received
from sandbox.workspaces import workspace

PLAIN = {".csv": "csv", ".txt": "text"}


def download(call: Call, w: str) -> Response:
    """GET /workspaces/{w}/documentsets/export."""
    row = workspace(call, w)
    path = corpus_file(call.state, call.db, row)
    name = f"corpus-{w}.zip"
    environ = call.request.environ
    if call.state.options.ranges and call.ranges:
        whole = send_file(
            path,
            environ,
            mimetype="application/zip",
            as_attachment=True,
            download_name=name,
            etag=f"{w}-{row['revision']}",
        )
        del whole.headers["Date"]  # the server sends its own
        return whole
    file = path.open("rb")
    answer = Response(wrap_file(environ, file), content_type="application/zip")
    answer.direct_passthrough = True
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    if not call.state.options.chunked:
        answer.content_length = path.stat().st_size
    return answer


def upload(call: Call, w: str) -> Response:
    """POST /workspaces/{w}/documentsets/import: taken at once, worked as a job."""
    workspace(call, w)
    ground_truth = call.request.args.get("ground_truth", "true") == "true"
    with received(call, call.state.limits.upload_bytes) as file:
        name = PurePath(file.name.replace("\\", "/")).name
        kind = _kind(file.path, name)
        if kind == "corpus" and ground_truth:
            must_have_types(call, w)
        subject = json.dumps({"kind": kind, "name": name, "ground_truth": ground_truth})
        job = new_id()
        file.path.rename(call.state.uploads / job)
        add_job(call, w, "import", subject, starts=call.state.now(), job=job)
    call.state.work.set()
    return json_answer({"job": job}, 202)


def _kind(path: Path, name: str) -> str:
    if not zipfile.is_zipfile(path):
        kind = PLAIN.get(PurePath(name).suffix.lower())
        if kind is None:
            raise Refused(400, "The file is neither a corpus ZIP nor a CSV or text file.")
        return kind
    try:
        with open_corpus(path):
            return "corpus"
    except StatedError as error:
        raise Refused(400, error.happened) from error
