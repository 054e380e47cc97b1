"""A brief set as one HTML page that needs nothing else, and as Markdown."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup, escape

from hourglass.brief import JOINT, Brief, Cell, Figure, Points, Quote, Table

TEMPLATES = "templates"
CODE = re.compile(r"`([^`]+)`")
TINY, SHORT = 3, 24
"""Characters of a grade, and of an interval."""
SIGNS = set("0123456789.,+-±<> %to()")
MARKS = re.compile(r"[\\*_\[\]|~$]|<(?=[A-Za-z/!?])|&(?=#?\w+;)")
"""What Markdown would take for its own: escaped, so that a text is shown as it is."""


@dataclass(frozen=True, slots=True)
class Addition:
    """A part of the page that another module makes: its template's values, styles and script."""

    values: Any
    style: str
    script: str


@cache
def _environment(kind: str) -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("hourglass", TEMPLATES),
        autoescape=kind == "html",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests |= {name: _is(type_) for name, type_ in KINDS.items()} | {"short": _is_short}
    made.globals["joint"] = JOINT
    made.filters |= {"said": said, "md": markdown, "md_said": markdown_said, "md_cell": markdown_cell}
    return made


Kind = type[object] | tuple[type[object], ...]
KINDS: Mapping[str, Kind] = {"sentence": (str, Quote), "points": Points, "table": Table, "figure": Figure}


def _is(kind: Kind) -> Any:
    return lambda value: isinstance(value, kind)


def _is_short(text: str) -> bool:
    """Whether a field is a grade, a number, an interval or a date, which no line may break."""
    return len(text) <= TINY or (len(text) <= SHORT and not set(text) - SIGNS)


def html(told: Brief, what_if: Addition, bundle: str) -> str:
    """The report as a page.

    Parameters
    ----------
    what_if
        Sliders.
    bundle
        The library that draws the figures in a browser; empty where there is no figure.
    """
    texts = (bundle, source("page.js"), what_if.script)
    values = {
        "brief": told,
        "whatif": what_if.values,
        "charts": {figure.id: figure.spec for figure in told.figures},
        "style": Markup(source("page.css") + what_if.style),
        "scripts": [_script(text) for text in texts if text],
    }
    return _environment("html").get_template("brief.html.j2").render(values)


def markdown_page(told: Brief) -> str:
    """The report as Markdown."""
    return _environment("md").get_template("brief.md.j2").render(brief=told)


def text(template: str, values: Mapping[str, object]) -> str:
    """Another page in Markdown; blank lines never stand in threes."""
    made = _environment("md").get_template(template).render(values)
    return re.sub(r"\n{3,}", "\n\n", made).strip() + "\n"


def rendered(template: str, values: Mapping[str, object]) -> str:
    """Another page of the same look."""
    style = Markup(source("page.css"))
    return _environment("html").get_template(template).render(style=style, **values)


def source(name: str) -> str:
    """Text of a style or a script."""
    return resources.files("hourglass").joinpath(TEMPLATES, name).read_text(encoding="utf-8")


def _script(text: str) -> Markup:
    """Script that cannot end its element early."""
    return Markup(text.replace("</script", r"<\/script").replace("<!--", r"\x3c!--"))


def said(sentence: str | Quote) -> Markup:
    """Sentence; in a plain one words between backticks are a command."""
    if isinstance(sentence, Quote):
        return escape(sentence.text)
    return Markup(CODE.sub(r"<code>\1</code>", str(escape(sentence))))


def markdown(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return MARKS.sub(lambda found: "\\" + found[0], " ".join(text.split())).replace("`", r"\`")


def markdown_said(sentence: str | Quote) -> str:
    """Sentence; in a plain one words between backticks are a command."""
    if isinstance(sentence, Quote):
        return markdown(sentence.text)
    parts = CODE.split(" ".join(sentence.split()))
    return "".join(f"`{part}`" if i % 2 else _spaced(part) for i, part in enumerate(parts))


def _spaced(text: str) -> str:
    """Text between commands: escaped, the spaces at its ends kept."""
    bare = text.strip()
    return text.replace(bare, markdown(bare)) if bare else text


def markdown_cell(cell: Cell) -> str:
    """Field of a table, with its links."""
    return JOINT.join(_markdown_link(one) for one in cell.each)


def _markdown_link(cell: Cell) -> str:
    shown = markdown(cell.text)
    if not cell.link:
        return shown
    address = re.sub(r"[\s<>|\\]", lambda found: f"%{ord(found[0]):02X}", cell.link)
    return f"[{shown}](<{address}>)"


def as_text(value: object) -> str:
    """JSON for people and for programs."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
