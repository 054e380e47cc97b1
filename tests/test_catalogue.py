"""The pages that lead to reports: one question's forecasts stand on the first page, several are listed."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import outlooks

from hourglass import catalogue, publication, summary
from hourglass.brief import Figure
from hourglass.summary import Forecast


def publish(reports: Path, question: str, *days: str) -> None:
    """Publish forecasts of a question, and renew the pages that lead to them."""
    for day in days:
        folder = reports / question / day
        folder.mkdir(parents=True)
        told = json.dumps(summary.as_json(outlooks.forecast()) | {"as_of": day})
        (folder / publication.DATA).write_text(told, encoding="utf-8")
    catalogue.renew(reports, question, draw)


def draw(told: Sequence[Forecast]) -> Iterator[Figure]:
    yield Figure("history", f"{len(told)} forecasts by their day", "", "<svg></svg>", b"", {})


def links(page: Path) -> list[str]:
    return re.findall(r'href="([^"#]+)"', page.read_text(encoding="utf-8"))


def test_the_only_question_has_its_forecasts_on_the_first_page(tmp_path: Path) -> None:
    publish(tmp_path, "here", "2023-01-26", "2025-12-31")
    assert links(tmp_path / "index.html") == [
        "here/index.html", "here/2025-12-31/brief.html",
        *["here/2025-12-31/brief.html"] * 2, *["here/2023-01-26/brief.html"] * 2,
    ]  # fmt: skip
    assert "2 forecasts by their day" in (tmp_path / "index.html").read_text()
    assert set(links(tmp_path / "here/index.html")) == {
        "../index.html", "2025-12-31/brief.html", "2023-01-26/brief.html",
    }  # fmt: skip


def test_of_several_questions_each_leads_to_its_own_page(tmp_path: Path) -> None:
    publish(tmp_path, "here", "2023-01-26")
    publish(tmp_path, "there", "2023-01-26", "2023-02-26")
    assert links(tmp_path / "index.html") == [
        "here/index.html", "here/2023-01-26/brief.html", "there/index.html", "there/2023-02-26/brief.html",
    ]  # fmt: skip
    assert "by their day" not in (tmp_path / "index.html").read_text()
