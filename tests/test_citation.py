"""Sources of points: every page that they name is found, alone, and nothing that is no page."""

from datetime import date

import pytest

from hourglass import citation, evidence_exhibits, figures, sources
from hourglass.case import Case
from hourglass.citation import Citation


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("Sochi, 23 May: https://e.org/a", (Citation("Sochi, 23 May", "https://e.org/a"),)),
        (
            "Moscow (CSTO), 16 May: https://e.org/a/; Sochi, 23 May: http://f.org/?b=1;c=2#d",
            (Citation("Moscow (CSTO), 16 May", "https://e.org/a/"), Citation("Sochi, 23 May", "http://f.org/?b=1;c=2#d")),
        ),
        ("Viasna https://e.org/a", (Citation("Viasna", "https://e.org/a"),)),
        ("https://e.org/a", (Citation("https://e.org/a", "https://e.org/a"),)),

        ("Sochi, 26 September: Sputnik 2022-09-27", (Citation("Sochi, 26 September: Sputnik 2022-09-27"),)),
        ("javascript:alert(1)", (Citation("javascript:alert(1)"),)),
        ("", (Citation(""),)),
    ],
)  # fmt: skip
def test_a_source_is_read_as_words_with_their_pages(source: str, told: tuple[Citation, ...]) -> None:
    assert citation.cited(source) == told


def test_no_address_of_the_shipped_series_holds_another_or_a_blank(case: Case) -> None:
    count = 0
    for rows in case.rows.values():
        for row in rows:
            found = [one.url for one in citation.cited(row.source) if one.url]
            assert len(found) == row.source.count("://")
            assert all(url.count("://") == 1 and " " not in url and not url.endswith(";") for url in found)
            count += len(found) > 1
    assert count >= 5


def test_a_point_of_two_pages_links_both_in_the_table_and_the_first_as_a_mark(case: Case) -> None:
    name, row = next(
        (name, row) for name, rows in case.rows.items() for row in rows if row.source.count("://") == 2
    )
    first, second = citation.cited(row.source)
    assert [one.link for one in sources._source(row.source).each] == [first.url, second.url]
    tracks = evidence_exhibits.tracks(case, date(2025, 12, 31))
    (mark,) = [m for track in tracks if track.name == name for m in track.marks if m.date == row.date]
    assert (mark.url, mark.claim) == (first.url, f"{first.words}; {second.words}")
    assert figures.link(mark.url) == first.url
