"""The fixture that starts real servers, for the tests of the launcher."""

from tests.launcher.servers import start

__all__ = ["start"]
