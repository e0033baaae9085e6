"""`check_audit`: was the audit log changed after it was written?"""

from typing import Any

from migrator.management.answers import SUCCESS, AnsweringCommand
from migrator.services.audit_chain import check_chain


class Command(AnsweringCommand):
    """Exit code 0: intact. 1: broken, and at which entry."""

    help = "Compute every hash of the audit log's chain again and say whether it is intact."

    def answer(self, **_options: Any) -> int:
        """Check, and say what was found."""
        chain = check_chain()
        if self.as_json:
            self.say_json(
                {
                    "intact": chain.is_intact,
                    "entries": chain.length,
                    "head": chain.head,
                    "broken_at": chain.broken_at,
                    "problem": chain.problem,
                }
            )
        elif chain.is_intact:
            self.say(f"Intact: {chain.length} entries, each follows the one before it.")
            self.say(f"Head: {chain.head or '–'}")
        else:
            self.say(f"Broken at entry {chain.broken_at}. {chain.problem}")
        return SUCCESS if chain.is_intact else self.failure_code
