"""The door to the command line: `hourglass`, or `python -m hourglass`."""

import sys


def main() -> None:
    """Run the command line; an interrupt is quiet even while it still loads."""
    try:
        from hourglass import cli

        cli.main()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    main()
