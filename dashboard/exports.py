"""Tables as downloads: CSV that no spreadsheet takes for formulas, and JSON; both streamed."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from migrator.services.csv_lists import harmless

Row = Mapping[str, Any]


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, line: str) -> str:
        """The line itself."""
        return line


def csv_download(name: str, columns: Iterable[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """`rows` as a CSV file with a header, in UTF-8 with the mark that spreadsheets look for."""
    columns = list(columns)
    return _download(name, "text/csv; charset=utf-8", _csv_lines(columns, rows))


def json_download(name: str, head: Row, rows: Iterable[Row]) -> StreamingHttpResponse:
    """`head`'s fields and behind them `entries`, the rows, as one JSON document."""
    return _download(name, "application/json", _json_parts(head, rows))


def _csv_lines(columns: list[str], rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([harmless(row[column]) for column in columns])


def _json_parts(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    yield json.dumps({**head, "entries": []}, ensure_ascii=False)[:-2]
    before = "\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _download(name: str, kind: str, parts: Iterable[str]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(parts, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response
