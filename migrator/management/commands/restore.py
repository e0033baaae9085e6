"""Restore an archive into an instance, in this process, and prove the copy."""

from argparse import ArgumentParser
from functools import partial
from pathlib import Path
from typing import Any

from migrator.errors import ServiceError
from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.management.following import is_full_success, perform, run_document
from migrator.management.keys import add_key_arguments, key_from
from migrator.management.named import instance_named
from migrator.models import Run, Verification
from migrator.services.archive_keys import unlocked
from migrator.services.bringing import bring_archive
from migrator.services.plans import TOKENIZERS, plan_restore
from migrator.services.targets.readings import read_now
from migrator.services.targets.restoring import confirm, start_restore
from migrator.services.targets.review import Review, effects_document, review_of

# Differences shown to a person; --json and the dashboard have more.
SHOWN = 20


class Command(AnsweringCommand):
    """`restore ARCHIVE --to NAME [--into ID] [--create]`."""

    help = "Restore an archive; exit code 0 only when the target was proved equal to it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The archive and where it goes."""
        super().add_arguments(parser)
        parser.add_argument("archive", type=Path)
        parser.add_argument("--to", required=True, metavar="NAME", help="the target instance")
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("--into", default="", metavar="ID", help="an existing workspace")
        where.add_argument("--create", action="store_true", help="create a new workspace")
        parser.add_argument("--name", default="", help="the new workspace's name")
        add_key_arguments(parser)
        parser.add_argument("--tokenizer", default="", choices=["", *TOKENIZERS])

    def answer(self, **options: Any) -> int:
        """Check the archive, read the target, restore, read the target back and compare."""
        target = instance_named(options["to"])
        if not target.is_connected:
            raise ServiceError(
                f"{target.name} is served by hand: a person uploads the files.",
                meaning="Nothing was started.",
                remedy="Start the restore on the dashboard; it offers the files in order.",
            )
        key = key_from(options)
        archive = bring_archive(options["archive"], user=None, keep=True, key=key)
        plan = plan_restore(
            archive=archive,
            target=target,
            user=None,
            name=options["name"],
            target_workspace_id=options["into"],
            tokenizer=options["tokenizer"],
        )
        with unlocked(archive, key):
            read_now(plan, user=None)
            review = review_of(plan)
            self._say_review(review)
            confirm(plan, review, user=None)
            run = perform(self, partial(start_restore, plan, user=None))
        proof = run.verifications.first()
        self._show(run, proof, review)
        return SUCCESS if is_full_success(run) and _is_verified(proof) else self.failure_code

    def _say_review(self, review: Review) -> None:
        """What will come of it, in numbers."""
        for outcome, counts in effects_document(review.total).items():
            if told := ", ".join(f"{number:,} {noun}" for noun, number in counts.items()):
                self.say(f"{outcome.replace('_', ' ').capitalize()}: {told.replace('_', ' ')}.")

    def _show(self, run: Run, proof: Verification | None, review: Review) -> None:
        if proof is not None:
            self.say(f"{proof.standing.label}.")
            for row in proof.differences.all()[:SHOWN]:
                self.say(f"  {row.kind}: {row.subject} {row.detail} {row.reason}".rstrip())
        if self.as_json:
            self.say_json(
                {
                    **run_document(run),
                    "review": effects_document(review.total),
                    "verification": _document(proof),
                }
            )


def _is_verified(proof: Verification | None) -> bool:
    return proof is not None and proof.state == Verification.State.VERIFIED


def _document(proof: Verification | None) -> dict[str, Any] | None:
    if proof is None:
        return None
    fields = ("kind", "part", "subject", "detail", "reason", "left", "right")
    return {
        "state": proof.state,
        "target_workspace_id": proof.target_workspace_id,
        "compared": proof.compared,
        "totals": proof.totals,
        "differences": list(proof.differences.values(*fields)),
    }
