"""The door to the command line: `hourglass`, or `python -m hourglass`."""

import io
import sys


def main() -> None:
    """Run the command line; an interrupt is quiet even while it still loads.

    What standard output has no letters for is written as an escape.
    """
    try:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        from hourglass import cli

        cli.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
