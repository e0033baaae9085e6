"""Tables, constraints, named querysets and state moves. No HTTP, no Celery."""

from migrator.models.archives import Archive
from migrator.models.audit import AppendOnly, AuditChain, AuditEntry
from migrator.models.events import Event
from migrator.models.instances import Credential, Instance, ModelService
from migrator.models.inventories import Inventory
from migrator.models.ledger import LedgerEntry
from migrator.models.people import InstancePerson, PersonMapping
from migrator.models.plans import Plan, PlanAnswer, PlanItem
from migrator.models.runs import Run, RunState
from migrator.models.step_files import StepFile
from migrator.models.steps import InvalidMove, LostClaim, Step
from migrator.models.verifications import Difference, Verification
from migrator.models.wizard import StepState, StepStatus
from migrator.models.worksheets import Worksheet, WorksheetFile, WorksheetRow
from migrator.models.workspaces import (
    AnnotationTask,
    Deployment,
    Dictionary,
    DocumentSet,
    Member,
    ModelVersion,
    Workspace,
)

__all__ = [
    "AnnotationTask",
    "AppendOnly",
    "Archive",
    "AuditChain",
    "AuditEntry",
    "Credential",
    "Deployment",
    "Dictionary",
    "Difference",
    "DocumentSet",
    "Event",
    "Instance",
    "InstancePerson",
    "InvalidMove",
    "Inventory",
    "LedgerEntry",
    "LostClaim",
    "Member",
    "ModelService",
    "ModelVersion",
    "PersonMapping",
    "Plan",
    "PlanAnswer",
    "PlanItem",
    "Run",
    "RunState",
    "Step",
    "StepFile",
    "StepState",
    "StepStatus",
    "Verification",
    "Worksheet",
    "WorksheetFile",
    "WorksheetRow",
    "Workspace",
]
