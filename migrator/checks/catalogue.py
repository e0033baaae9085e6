"""Every check, by code, in the order of the pages."""

from migrator.checks import (
    dictionaries,
    documents,
    files,
    people,
    target,
    trained,
    type_systems,
    work,
)
from migrator.checks.check import Check

CHECKS: tuple[Check, ...] = (
    *work.CHECKS,
    *trained.CHECKS,
    *type_systems.CHECKS,
    *dictionaries.CHECKS,
    *documents.CHECKS,
    *files.CHECKS,
    *target.CHECKS,
    *people.CHECKS,
)
CATALOGUE: dict[str, Check] = {one.code: one for one in CHECKS}
