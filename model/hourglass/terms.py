"""Words for chances, as the United States' intelligence analysts must use them.

Intelligence Community Directive 203, Analytic Standards, 2 January 2015, section D.6.e(2)(a). A
likelihood is told in one of these terms, and never in one sentence with how sure one is of it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word for chances from `above` per cent on, up to where the next one begins.

    `opening` begins a sentence that says what has this chance.
    """

    above: float
    word: str
    opening: str


TERMS = (
    Term(1, "almost no chance", "There is almost no chance"),
    Term(5, "very unlikely", "It is very unlikely"),
    Term(20, "unlikely", "It is unlikely"),
    Term(45, "roughly even chance", "There is a roughly even chance"),
    Term(55, "likely", "It is likely"),
    Term(80, "very likely", "It is very likely"),
    Term(95, "almost certain", "It is almost certain"),
)
HIGHEST = 99
"""Per cent above which, as below the first term, the number stands alone."""


def of(printed: str) -> Term | None:
    """Term for a chance as it is printed, so that word and number cannot disagree.

    None below 1 % and above 99 %, where no term applies, and where the chance is withheld.
    """
    try:
        number = float(printed.removesuffix(" %"))
    except ValueError:  # a bound, or withheld
        return None
    if number > HIGHEST:
        return None
    return next((term for term in reversed(TERMS) if number >= term.above), None)


def sentence(printed: str, what: str) -> str:
    """Sentence that says how likely it is `that` something happens."""
    told = of(printed)
    if told is None:
        return f"The chance that {what} is {printed.replace('<', 'below').replace('>', 'above')}."
    return f"{told.opening} ({printed}) that {what}."
