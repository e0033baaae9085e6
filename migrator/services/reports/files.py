"""A report as a file."""

import tempfile
from pathlib import Path
from typing import IO

import msgspec

from migrator.pictures.report import Report
from migrator.pictures.report_html import report_html
from migrator.services.csv_lists import write_list


def pdf_file(report: Report) -> IO[bytes]:
    """The report as PDF: a file at its beginning that vanishes when it is closed."""
    # Here and not above: fonts and drawing cost half a second that only a PDF is worth.
    from migrator.pictures.report_pdf import write_pdf  # noqa: PLC0415

    file = tempfile.NamedTemporaryFile(prefix="report-", suffix=".pdf")  # noqa: SIM115
    try:
        write_pdf(report, Path(file.name))
    except BaseException:
        file.close()
        raise
    return file


def html_text(report: Report) -> str:
    """The report as one HTML file that needs nothing beside it."""
    return report_html(report)


def csv_text(report: Report) -> str:
    """The report as CSV with its title as first line; nothing in it is a formula."""
    return write_list([report.title], report.lines())


def json_bytes(report: Report) -> bytes:
    """The report as JSON."""
    return msgspec.json.format(msgspec.json.encode(report.to_json_dict()), indent=2) + b"\n"
