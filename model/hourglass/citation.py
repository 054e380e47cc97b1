"""Where a number of a series was read: a source in words, each part with the page that it names."""

import re
from dataclasses import dataclass

PAGE = re.compile(r"https?://\S+?(?=;?(?:\s|$))")
"""Address of a page; a semicolon between it and what follows is no part of it."""
AROUND = " :;"
"""What stands between words and addresses and belongs to neither."""


@dataclass(frozen=True, slots=True)
class Citation:
    """One thing that a source names, and its address; empty where it gives none."""

    words: str
    url: str = ""


def cited(source: str) -> tuple[Citation, ...]:
    """What a source names, in its order, as in `words: address; words: address`.

    An address without words of its own is its own words.
    """
    found, start = [], 0
    for page in PAGE.finditer(source):
        words = source[start : page.start()].strip(AROUND)
        found.append(Citation(words or page[0], page[0]))
        start = page.end()
    rest = source[start:].strip(AROUND)
    return (*found, Citation(rest)) if rest or not found else tuple(found)
