"""The Knowledge Studio tool through its own unpublished interface, as the profile describes it."""

from migrator.clients.tool.check import CheckCalls, EntryAnswer
from migrator.clients.tool.transfers import TransferCalls

__all__ = ["EntryAnswer", "ToolClient"]


class ToolClient(CheckCalls, TransferCalls):
    """Everything the tool can be asked for; one per thread, as its `Http` is.

    `address` as `clean_address` gives it. Raises TransientError (later), ServiceError (not
    without a change) and SessionLost (not without a new credential).
    """
