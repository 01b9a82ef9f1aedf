"""What every script here has in common: how it speaks to a person, and how it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable


def say(*lines: str) -> None:
    """Lines for a person, at once."""
    print(*lines, sep="\n", flush=True)


def run_as_script(main: Callable[[], None]) -> None:
    """Run `main` and end the process: exit code 1, and one line, for what went wrong; 130 for Ctrl-C.

    SIGTERM, and SIGINT where a shell had it ignored, end it as Ctrl-C does: all that was started is stopped.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        main()
    except (OSError, ValueError, LookupError) as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
