"""Words for chances: the table of ICD 203, and that word and number never disagree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hourglass import phrases, terms


@pytest.mark.parametrize(
    ("printed", "word"),
    [
        ("< 0.1 %", None),
        ("0.9 %", None),
        ("1.0 %", "almost no chance"),
        ("4.9 %", "almost no chance"),
        ("5.0 %", "very unlikely"),
        ("20.0 %", "unlikely"),
        ("44.9 %", "unlikely"),
        ("45.0 %", "roughly even chance"),
        ("55.0 %", "likely"),
        ("80.0 %", "very likely"),
        ("95.0 %", "almost certain"),
        ("99.0 %", "almost certain"),
        ("99.1 %", None),
        ("> 99.9 %", None),
        ("withheld", None),
    ],
)
def test_each_term_begins_where_the_directive_says(printed: str, word: str | None) -> None:
    told = terms.of(printed)
    assert (told.word if told else None) == word


@given(st.floats(0.001, 0.999))
def test_the_word_holds_of_the_number_beside_it(chance: float) -> None:
    printed = phrases.percent(chance)
    told, number = terms.of(printed), float(printed.removesuffix(" %"))
    if told is None:
        assert number < 1 or number > 99
        return
    ends = [*(term.above for term in terms.TERMS[1:]), 99.05]
    assert told.above <= number < ends[terms.TERMS.index(told)]


@given(st.floats(0.0, 1.0))
def test_a_sentence_holds_the_printed_number(chance: float) -> None:
    printed = phrases.percent(chance)
    told = terms.sentence(printed, "entry comes by then")
    assert printed.removeprefix("< ").removeprefix("> ") in told
    assert told.endswith(("that entry comes by then.", " %."))


def test_sentences_read_as_english() -> None:
    assert terms.sentence("1.1 %", "it rains") == "There is almost no chance (1.1 %) that it rains."
    assert terms.sentence("60.0 %", "it rains") == "It is likely (60.0 %) that it rains."
    assert terms.sentence("< 0.1 %", "it rains") == "The chance that it rains is below 0.1 %."
