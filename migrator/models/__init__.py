"""Tables, constraints, named querysets and state moves. No HTTP, no Celery."""

from migrator.models.accounts import (
    ApiToken,
    Approval,
    OidcIdentity,
    RecoveryCode,
    TotpDevice,
)
from migrator.models.archives import Archive, Locked
from migrator.models.audit import AppendOnly, AuditChain, AuditEntry
from migrator.models.checks import CheckResult
from migrator.models.comparisons import ArchiveComparison
from migrator.models.encryption import ArchiveKey, Encryption
from migrator.models.events import Event
from migrator.models.figures import ArchiveFigures, ProofFigures
from migrator.models.idempotency import IdempotentAnswer
from migrator.models.instances import Credential, Instance
from migrator.models.inventories import Inventory
from migrator.models.keeping import ArchiveHold, ArchiveRules
from migrator.models.ledger import LedgerEntry
from migrator.models.model_services import ModelScan, ModelService
from migrator.models.notifications import (
    Channel,
    Delivery,
    Notification,
    NotificationChoice,
    NotificationRules,
)
from migrator.models.people import InstancePerson, PersonMapping
from migrator.models.plans import Plan, PlanAnswer, PlanItem
from migrator.models.readings import Conflict, ConflictChoice, TargetReading
from migrator.models.receipts import Receipt
from migrator.models.runs import Run, RunState
from migrator.models.served_models import (
    ModelReplacement,
    ServedModel,
    Standing,
    Undeployment,
)
from migrator.models.step_files import StepFile, UnsortedFile
from migrator.models.steps import InvalidMove, LostClaim, Step
from migrator.models.verifications import Difference, ProofState, Verification
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
    "ApiToken",
    "AppendOnly",
    "Approval",
    "Archive",
    "ArchiveComparison",
    "ArchiveFigures",
    "ArchiveHold",
    "ArchiveKey",
    "ArchiveRules",
    "AuditChain",
    "AuditEntry",
    "Channel",
    "CheckResult",
    "Conflict",
    "ConflictChoice",
    "Credential",
    "Delivery",
    "Deployment",
    "Dictionary",
    "Difference",
    "DocumentSet",
    "Encryption",
    "Event",
    "IdempotentAnswer",
    "Instance",
    "InstancePerson",
    "InvalidMove",
    "Inventory",
    "LedgerEntry",
    "Locked",
    "LostClaim",
    "Member",
    "ModelReplacement",
    "ModelScan",
    "ModelService",
    "ModelVersion",
    "Notification",
    "NotificationChoice",
    "NotificationRules",
    "OidcIdentity",
    "PersonMapping",
    "Plan",
    "PlanAnswer",
    "PlanItem",
    "ProofFigures",
    "ProofState",
    "Receipt",
    "RecoveryCode",
    "Run",
    "RunState",
    "ServedModel",
    "Standing",
    "Step",
    "StepFile",
    "StepState",
    "StepStatus",
    "TargetReading",
    "TotpDevice",
    "Undeployment",
    "UnsortedFile",
    "Verification",
    "Worksheet",
    "WorksheetFile",
    "WorksheetRow",
    "Workspace",
]
