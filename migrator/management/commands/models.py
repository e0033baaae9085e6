"""`models [--scan]`: what is deployed and charged, and whether that is all."""

from argparse import ArgumentParser
from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.models import ModelService, ServedModel, Standing
from migrator.services.model_knowledge import UNKNOWN, Knowledge, knowledge_of_all
from migrator.services.model_scans import scan_now


class Command(AnsweringCommand):
    """Exit code 0: all is known, and nothing is at risk or orphaned. 1: look at it."""

    help = "List the deployed models of all linked services; unknown is never zero."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to ask the services first."""
        super().add_arguments(parser)
        parser.add_argument("--scan", action="store_true", help="ask every linked service first")

    def answer(self, **options: Any) -> int:
        """Ask where that is wanted, then list what needs somebody first."""
        if options["scan"]:
            for service in ModelService.objects.exclude(credential=None):
                scan_now(service, user=None)
        services = list(ModelService.objects.with_last_scan())
        doubts = [(row.name, one) for row, one in knowledge_of_all(services) if one.doubt]
        listed: Any = ServedModel.objects.present().for_listing()
        rows = list(listed.most_pressing_first())
        self._tell(rows, doubts)
        pressing = any(row.standing in {Standing.AT_RISK, Standing.ORPHAN} for row in rows)
        return self.failure_code if doubts or pressing else SUCCESS

    def _tell(self, rows: list[ServedModel], doubts: list[tuple[str, Knowledge]]) -> None:
        if doubts:
            self.remark(UNKNOWN)
        for name, known in doubts:
            self.remark(f"{name}: {known.doubt}")
        for row in rows:
            standing = Standing(row.standing).label
            self.say(f"{standing}: {row.origin}, model {row.model_id} in {row.service}")
        if not rows and not doubts:
            self.say("No model is deployed.")
        if self.as_json:
            self.say_json(
                {
                    "is_known": not doubts,
                    "doubts": [{"instance": name, "doubt": one.doubt} for name, one in doubts],
                    "models": [_document(row) for row in rows],
                }
            )


def _document(row: ServedModel) -> dict[str, Any]:
    return {
        "model_id": row.model_id,
        "service": row.service.address,
        "workspace_id": row.workspace_id,
        "workspace": row.workspace_name,
        "status": row.status,
        "standing": row.standing,
        "decision": row.decision,
        "reason": row.reason,
    }
