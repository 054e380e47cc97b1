"""What a report says: one string for each number, in every form of it, and none where it is withheld."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import outlooks
import pytest
import reports
from hypothesis import given, settings
from hypothesis import strategies as st

from hourglass import (
    brief,
    chapters,
    display,
    figures,
    fitness_display,
    page,
    phrases,
    publication,
    scores,
    summary,
    terms,
)
from hourglass.brief import Cell, Quote, Table
from hourglass.case import Case
from hourglass.dossier import Dossier
from hourglass.summary import Forecast
from hourglass.wish import Wish


def shown(told: Forecast) -> list[str]:
    """Return every chance of entry, interval and outside view, as the terminal prints them."""
    return [text for row in phrases.chances(told.horizons) for text in row]


def data(report: reports.Report) -> Any:
    return json.loads(report.text(publication.DATA))


def tables(told: Any) -> list[Any]:
    return [part for one in told["brief"]["sections"] for part in one["parts"] if "columns" in part]


@pytest.mark.parametrize("name", [publication.PAGE, publication.TEXT, publication.DATA])
def test_every_form_holds_the_strings_of_the_terminal(name: str) -> None:
    report = reports.believed()
    text = report.text(name).replace("&lt;", "<").replace("&gt;", ">")
    for row in (*phrases.chances(report.told.horizons), *display.outcomes(report.told, report.case)):
        for words in row:
            assert words in text, words


def test_the_first_table_is_that_of_the_terminal_with_a_word() -> None:
    report = reports.believed()
    first = tables(data(report))[0]
    assert tuple(first["columns"]) == (*phrases.CHANCES, "in words")
    assert [tuple(row[:-1]) for row in first["rows"]] == phrases.chances(report.told.horizons)
    for row in first["rows"]:
        term = terms.of(row[2])
        assert row[-1] == (term.word if term else "")


def test_what_a_level_is_stands_where_levels_do() -> None:
    parts = {one["name"]: str(one["parts"]) for one in data(reports.believed())["brief"]["sections"]}
    assert [name for name, told in parts.items() if display.LEVELS in told] == ["drivers"]
    assert display.OUTSIDE in parts["answer"]


def test_the_lead_says_the_longest_horizon_in_words() -> None:
    report = reports.believed()
    last = report.told.horizons[-1]
    lead = data(report)["brief"]["lead"]
    assert lead == terms.sentence(phrases.percent(last.mean), f"entry comes by {last.date}")
    assert lead in report.text(publication.TEXT)


@settings(deadline=None)
@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_lead_table_and_data_agree_on_every_chance(chance: float, outside: float) -> None:
    told, case = outlooks.forecast(), outlooks.shipped()
    (*others, last) = told.horizons
    cells = {**last.outcomes, "entry": chance, "none": 1 - chance}
    own = replace(last, mean=chance, outside_view=outside, q50=chance, outcomes=cells)
    told = replace(told, horizons=(*others, own))
    fared = scores.record([], case.question.header, told.as_of)
    d = Dossier(case, told, (), fared, None, Wish())
    table, happens = (
        next(part for part in section.parts if isinstance(part, Table))
        for section in (chapters.answer(d), chapters.outcomes(d))
    )
    printed, term = table.rows[-1][2].text, table.rows[-1][-1].text
    assert (
        printed == happens.rows[0][-1].text == phrases.percent(summary.as_json(told)["horizons"][-1]["mean"])
    )
    assert table.rows[-1][5].text == phrases.percent(outside)
    assert abs(float(printed.strip("<> %")) / 100 - chance) <= 0.00051
    lead = chapters.lead(told)
    assert printed in lead
    assert (term in lead.lower()) if term else lead.startswith("The chance that entry comes by")
    assert [other.word for other in terms.TERMS if other.word in lead and other.word not in term] == []


def test_the_sections_stand_in_their_order() -> None:
    names = [one["name"] for one in data(reports.believed())["brief"]["sections"]]
    assert names == [
        "answer", "outcomes", "drivers", "moves", "what-if", "watch", "disagreement", "trust", "sources",
        "question",
    ]  # fmt: skip


def test_what_moved_the_chance_carries_claims() -> None:
    moved = next(table for table in tables(data(reports.believed())) if "Since the last" in table["caption"])
    claims = {row[0]: row[-1] for row in moved["rows"]}
    assert claims["script"] == reports.SCRIPT
    first = " · ".join(figures.short(reports.STORY.format(day), 120) for day in (1, 2, 3))
    assert claims["wire"] == f"{first} · and {reports.STORIES - 3} more"
    assert moved["rows"][-1][0] == "sum"


def test_what_takes_minutes_is_named_and_not_done() -> None:
    text = report_text()
    assert "hourglass report belarus --as-of 2023-01-26 --from-prior" in text
    for name in ("dove", "hawk"):  # the draws at hand, from the priors, reach neither
        assert f"What {name} makes of it the draws at hand cannot tell" in text
    assert text.count("It takes a fit: ask `hourglass report belarus --as-of 2023-01-26 --variants`") == 2


def test_what_if_tells_where_the_sliders_are_and_how_to_ask_without_them() -> None:
    report = reports.believed()
    (told,) = [one for one in data(report)["brief"]["sections"] if one["name"] == "what-if"]
    (words,) = told["parts"]
    command = "hourglass scenario belarus --as-of 2023-01-26 --horizons 1,3,6,12 --set 'pressure=+1.5'"
    assert words.startswith("The page of this report, brief.html, has sliders")
    assert words.endswith(f"`{command}`")
    assert f"## What if?\n\n{words}" in report.text(publication.TEXT)
    assert words.split("`")[0] not in report.text(publication.PAGE)


def test_every_column_has_a_name_and_every_number_its_meaning() -> None:
    told = data(reports.believed())
    for table in tables(told):
        assert all(table["columns"]), table["caption"]
    (trust,) = [one for one in told["brief"]["sections"] if one["name"] == "trust"]
    captions = [part.get("caption", "") if isinstance(part, dict) else part for part in trust["parts"]]
    for title, words in (
        ("Checks of the machine, each of which must hold", display.CHECKED),
        (fitness_display.LEAST_TITLE, fitness_display.LEAST_WORDS),
        (fitness_display.LIKENESSES_TITLE, fitness_display.LIKENESSES_WORDS),
    ):
        assert captions[captions.index(title) + 1] == words
    limits = [row[2] for table in tables(told) if "Checks" in table["caption"] for row in table["rows"]]
    assert {" ".join(words.split()[:2]) for words in limits} == {"at least", "at most"}


def report_text() -> str:
    return reports.believed().text(publication.TEXT)


def test_what_the_model_leaves_out_comes_from_the_question_s_folder() -> None:
    report = reports.believed()
    assert report.case.question.header.leaves_out
    for words in report.case.question.header.leaves_out:
        assert words in report.text(publication.TEXT)


def test_items_that_weigh_are_counted_beside_all_that_are_listed() -> None:
    report = reports.believed()
    known, counted = report.case.evidence(report.told.as_of).items, report.told.evidence.items
    words = f"{len(known)} items known by {report.told.as_of}, of which {counted} weigh: not notes"
    assert words in report_text()
    listed = next(table for table in tables(data(report)) if "Items known" in table["caption"])
    assert len(listed["rows"]) == len(known)


def test_quiet_that_no_one_has_checked_stands_at_the_top() -> None:
    report = reports.believed()
    confirmed = report.case.question.header.confirmed_through
    assert "Quiet" not in [fact.name for fact in chapters.facts(report.told, report.case)]
    later = replace(report.told, as_of=confirmed + timedelta(1))
    (told,) = [fact.told for fact in chapters.facts(later, report.case) if fact.name == "Quiet"]
    assert told == f"Nothing was checked after {confirmed}: the quiet since then is assumed."


def test_a_withheld_report_holds_no_chance_in_any_form() -> None:
    report = reports.withheld()
    assert not report.told.verdict.passed
    told = data(report)
    for h in told["horizons"]:
        assert not [k for k, v in h.items() if k not in ("months", "date", "outcomes") and v is not None]
        assert set(h["outcomes"].values()) == {None}
    names = [one["name"] for one in told["brief"]["sections"]]
    assert names == ["answer", "trust", "sources", "question"]
    for name in (publication.PAGE, publication.TEXT):
        text = report.text(name)
        assert not re.search(r"\d\.\d %", _before_sources(text))
        assert "withheld" in text
        assert "divergences" in text
    assert not (report.folder / publication.FIGURES).exists()
    assert "whatif-data" not in report.text(publication.PAGE)
    assert 'id="charts"' not in report.text(publication.PAGE)


def test_a_report_on_chances_that_fail_holds_none_of_them_in_any_file() -> None:
    report, hidden = reports.doubted()
    assert hidden.verdict.failed
    assert {check.name.split(" in ")[0] for check in hidden.verdict.failed} == {"P", "outside view"}
    secrets = set(_secrets(hidden))
    assert len(secrets) > 100
    files = [path for path in (report.root / "reports").rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {publication.PAGE, publication.TEXT, publication.DATA}
    for path in files:
        text = _but_claims(unescape(path.read_text(encoding="utf-8")), report.case)
        assert {one for one in secrets if one in text} == set(), path
        assert not re.search(r"\bnan\b", text.rsplit("</style>", maxsplit=1)[-1], re.IGNORECASE), path


def _secrets(hidden: Forecast) -> Iterator[str]:
    """Every number that a forecast withholds, as it is printed and as data hold it."""
    limits = [check.limit for check in hidden.verdict.checks if check.relative]
    chances: list[float | None] = []
    for h in hidden.horizons:
        chances += [h.mean, h.q05, h.q25, h.q50, h.q75, h.q95, h.outside_view, *h.outcomes.values()]
    yield from (phrases.percent(one) for one in chances)
    for number in (*chances, *limits):
        assert number is not None
        yield f"{number:.10f}"[:8]
        yield f"{number:.4g}"
    for driver in hidden.drivers.values():
        yield phrases.levels(driver)[1]
        yield from (f"{one}"[:8] for one in (driver.mean, driver.q05, driver.q95))
    yield "independent ones"


def _but_claims(text: str, case: Case) -> str:
    """Text of a file without what the question's folder says."""
    for item in case.ledger.items:
        text = text.replace(item.claim, "")
    return text


def _before_sources(text: str) -> str:
    """Text of a report without its styles and the claims that it rests on."""
    return (
        text.split('id="sources"', maxsplit=1)[0]
        .split("## Sources", maxsplit=1)[0]
        .rsplit("</style>", maxsplit=1)[-1]
    )


@pytest.mark.parametrize(
    ("url", "leads"),
    [
        ("https://example.org/a", True), ("http://example.org", True), ("", False), ("news", False),
        ("javascript:alert(1)", False), ("data:text/html,x", False), ("http://[", False),
    ],
)  # fmt: skip
def test_only_pages_of_the_web_are_linked(url: str, leads: bool) -> None:
    assert brief.linked("News", url) == Cell("News", url if leads else "")


def test_markdown_shows_a_text_as_it_is() -> None:
    assert page.markdown("a | b\n<script> `x` *y* [z](u) < 0.1 % &amp; A & B") == (
        r"a \| b \<script> \`x\` \*y\* \[z\](u) < 0.1 % \&amp; A & B"
    )
    assert (
        page.markdown_cell(brief.several([Cell("a", "https://e.org"), Cell("b|")]))
        == r"[a](<https://e.org>) · b\|"
    )
    assert (
        page.markdown_cell(Cell("a|b", "https://e.org/<x>|y z")) == r"[a\|b](<https://e.org/%3Cx%3E%7Cy%20z>)"
    )
    assert page.markdown_said(Quote("They `say` so.")) == r"They \`say\` so."
    assert page.markdown_said("Ask `a_b --c` or a_b.") == r"Ask `a_b --c` or a\_b."


def test_a_table_of_markdown_has_as_many_fields_in_every_row() -> None:
    lines = report_text().splitlines()
    for i, line in enumerate(lines):
        if re.fullmatch(r"\|(---\|)+", line):
            count = line.count("---")
            j = i - 1
            while j < len(lines) and lines[j].startswith("|"):
                assert len(re.findall(r"(?<!\\)\|", lines[j])) == count + 1, lines[j]
                j += 1
            assert j > i + 1


def test_a_table_is_made_of_plain_texts_and_links() -> None:
    made = brief.table("All", ("a", "b"), [["x", Cell("y", "https://e.org")]])
    assert made == Table("All", ("a", "b"), ((Cell("x"), Cell("y", "https://e.org")),))


def test_words_of_others_keep_their_backticks_wherever_they_are_quoted() -> None:
    report = reports.believed()
    watched = next(one for one in data(report)["brief"]["sections"] if one["name"] == "watch")
    assert reports.CYRILLIC in watched["parts"][0]  # the closing names the sign that P answers to most
    assert page.said(Quote("a `b` <c>")) == "a `b` &lt;c&gt;"
    assert page.said("a `b` <c>") == "a <code>b</code> &lt;c&gt;"
    assert "<code>нет" not in report.text(publication.PAGE)
    assert page.markdown(reports.CYRILLIC) in report.text(publication.TEXT).split("## What to watch")[1]
