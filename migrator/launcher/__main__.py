"""`python -m migrator.launcher`, which script/server runs."""

import asyncio
import os
import sys

from django.core.exceptions import ImproperlyConfigured

from migrator.formats.errors import StatedError
from migrator.launcher.options import parse_options
from migrator.launcher.supervisor import Supervisor


def main() -> int:
    """Run until told to stop; 0 after an orderly stop, 1 with a sentence where it cannot start."""
    try:
        os.umask(0o077)  # what the children make is for this user alone
        options = parse_options(sys.argv[1:])
        return asyncio.run(Supervisor(options).run())
    except StatedError as error:
        for sentence in (error.happened, error.meaning, error.remedy):
            if sentence:
                print(sentence, file=sys.stderr)
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
