"""The cast and the rows of the pages' tests."""

from tests.dashboard.conftest import *  # noqa: F403 - the same cast, runs and archives
