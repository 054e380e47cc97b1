"""The shipped question: it loads, each fact stands in it once, and its beliefs mean what they say."""

import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from folders import SHIPPED, TODAY, copied

from hourglass import belief, ledger
from hourglass.belief import Belief, Quantiles
from hourglass.case import Case
from hourglass.ledger import Graded, Note, Reading
from hourglass.parameters import beliefs
from hourglass.question import EventKind, ReferenceClass

ARTICLE = {f"A{number:02d}" for number in range(1, 16)}
"""Claims of the founding article."""
MISSING = {3, 12, 16, 17, 29, 30, 46, 83, 119, 123, 131, 141, 142}
TIMELINE = {f"T{number:03d}" for number in range(1, 179) if number not in MISSING}
"""Compiled facts; the missing numbers were never given to one."""
RESTATED = {
    "meetings": "T009 T013 T018 T021 T041 T050 T061 T070 T093 T104 T116 T121 T127 T135 T144 T149 T158 T165 "
    "T173 T174 T178",
    "troops": "T015 T019 T092 T103 T109 T113 T120 T132 T136",
    "prisoners": "T096 T108 T117 T143",
    "polls": "T042 T043 T052 T058 T071 T114 T126",
}
"""Facts that restate a point of a series, or contradict it."""
SHARED_PAGES = {
    "T010": "a jailed captain, on the page that counts prisoners",
    "T014": "the integration programmes, on a page that lists the year's meetings",
    "T088": "where and of what the two leaders spoke, on the page of one meeting among two that month",
    "T125": "Wagner's instructors in place of Russian regulars, on the page of a troop count",
    "T156": "an interview, on a page that mentions a meeting",
}
"""Weighted facts whose page is also the source of a series point, and what else they tell."""


def numbers(case: Case) -> Iterator[tuple[str, Quantiles]]:
    """Every elicited number: those of the question by path, and the ratio of each warning by id."""
    for group in beliefs(case.question).values():
        yield from group.items()
    for item in case.ledger.of(ledger.Sighting):
        yield item.id, item.ratio


def test_the_shipped_ledger_is_of_the_size_it_says(case: Case) -> None:
    assert len(case.ledger.items) == len(ARTICLE) + len(TIMELINE) == 180
    assert case.ledger.retractions == ()


def test_every_compiled_fact_stands_in_one_item(case: Case) -> None:
    facts = Counter(item.fact for item in case.ledger.items)
    assert len(TIMELINE) == 165
    assert facts == Counter(ARTICLE | TIMELINE)


def test_every_item_says_why(case: Case) -> None:
    said = {item.id: (item.because or "").split() for item in case.ledger.items}
    assert [name for name, words in said.items() if len(words) < 2] == []
    assert [item.id for item in case.ledger.of(Graded) if len(said[item.id]) < 6] == []


def test_levels_are_in_quarter_steps(case: Case) -> None:
    assert [item.id for item in case.ledger.of(Reading) if (4 * item.level) % 1] == []


def test_facts_that_restate_a_series_are_notes(case: Case) -> None:
    listed = {fact for facts in RESTATED.values() for fact in facts.split()}
    weighted = {item.fact for item in case.ledger.of(Graded)}
    assert listed & weighted == set()
    said = {item.fact for item in case.ledger.of(Note) if "restates the" in (item.because or "")}
    assert said <= listed


def test_a_weighted_fact_shares_no_page_with_a_series_unless_it_tells_something_else(case: Case) -> None:
    pages = {
        page
        for rows in case.rows.values()
        for row in rows
        for page in re.findall(r"https?://[^\s;]+", row.source)
    }
    assert {item.fact for item in case.ledger.of(Graded) if item.source.url in pages} == set(SHARED_PAGES)


def test_the_article_is_one_origin(case: Case) -> None:
    told = [item for item in case.ledger.of(Graded) if item.fact in ARTICLE]
    assert len({item.origin for item in told}) == 1
    assert {item.known for item in told} == {told[0].known}


def test_every_belief_has_a_sentence_a_source_and_a_date(case: Case) -> None:
    for path, number in numbers(case):
        assert len(number.because.split()) >= 4, path
        assert number.because[-1] in ".;?", path
        if isinstance(number, Belief):
            assert number.source.strip(), path
            assert number.author.strip(), path
            assert number.date <= TODAY, path


def test_every_judged_weight_has_a_sentence_a_source_and_a_date(case: Case) -> None:
    question = case.question
    told: list[EventKind | ReferenceClass] = [*question.events.values(), *question.reference.classes.values()]
    for judged in told:
        assert len(judged.because.split()) >= 4, judged.title
        assert judged.source.strip(), judged.title
        assert judged.date <= TODAY, judged.title


def test_every_word_of_the_scale_is_told(case: Case) -> None:
    for driver in case.question.drivers.values():
        assert {float(step) for step in driver.anchors} == set(range(-3, 4))


def test_every_belief_means_what_its_quantiles_say(case: Case) -> None:
    stated = np.array([(n.q05, n.q50, n.q95) for _, n in numbers(case)])
    table = belief.curve_table([number for _, number in numbers(case)])
    z = np.random.default_rng(1).standard_normal(200_000)
    below = np.zeros_like(stated)
    for part in np.array_split(z, 20):  # in parts, so that little memory is needed
        values = belief.values(np, np.tile(part[:, None], len(stated)), table)
        below += (values[:, :, None] < stated).sum(axis=0)
    share = np.array([0.05, 0.5, 0.95])
    error = np.sqrt(share * (1 - share) / z.size)
    assert (np.abs(below / z.size - share) < 4 * error).all()


def test_what_the_crowd_said_is_no_input(tmp_path_factory: pytest.TempPathFactory, case: Case) -> None:
    folder = copied(tmp_path_factory.mktemp("no-crowd"), evidence=True)
    (folder.path / "crowd.csv").unlink()
    told = folder.load()
    assert (told.question, told.tables, told.rows) == (case.question, case.tables, case.rows)
    assert told.ledger == case.ledger
    assert (SHIPPED / "crowd.csv").exists()
