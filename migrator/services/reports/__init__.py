"""Reports of runs, plans and receipts: gathered once, as page, HTML, PDF, CSV and JSON."""

from migrator.services.reports.files import csv_text, html_text, json_bytes, pdf_file
from migrator.services.reports.plans import plan_report
from migrator.services.reports.receipts import receipt_report
from migrator.services.reports.runs import run_report

__all__ = [
    "csv_text",
    "html_text",
    "json_bytes",
    "pdf_file",
    "plan_report",
    "receipt_report",
    "run_report",
]
