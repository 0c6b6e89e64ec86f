"""The report as Markdown, with its charts as files beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stancelib.charts import save
from stancelib.report.content import Content
from stancelib.report.figures import WIDE, Draw, Figure
from stancelib.report.scripts import TEMPLATES

# What can begin something within a line of Markdown, or an element of HTML; and at its start.
SPECIAL = re.compile(r"([\\`*_\[\]!|<>&~$])")
AT_START = re.compile(r"^(\d*)([#+=.):-])")


@dataclass(slots=True)
class PictureFolder:
    """The charts of a report as SVG files, added one by one.

    Attributes
    ----------
    folder
        Where they are written; made with the first one.
    count
        How many there are.
    """

    folder: Path
    count: int = 0

    def add(self, draw: Draw, *, label: str | None = None) -> Figure:
        """Draw a chart and write it; its name is its path from the text."""
        chart = draw(WIDE)
        told = chart.to_dict(validate=False)
        note = " ".join(told.get("title", {}).get("subtitle", []))
        self.count += 1
        place = save(chart, self.folder / f"chart-{self.count}.svg")
        name = f"{quote(self.folder.name)}/{place.name}"
        return Figure(name, label or str(told.get("description", "")), note)


def plain(value: object) -> str:
    r"""A value as Markdown that shows just its characters, on one line.

    Examples
    --------
    >>> print(plain("<b>*1*</b> | 2"))
    \<b\>\*1\*\</b\> \| 2
    """
    escaped = SPECIAL.sub(r"\\\1", " ".join(str(value).split()))
    return AT_START.sub(r"\1\\\2", escaped)


def address(url: str) -> str:
    """A web address as the target of a link, without what would end it."""
    return quote(url, safe=":/?#@!$&'*+,;=%~-._")


def markdown_of(content: Content) -> str:
    """Everything that the page says, as Markdown; what was not written here is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        # No HTML is written: every value goes through `plain`, which escapes for Markdown.
        autoescape=False,  # noqa: S701
        finalize=lambda value: value if isinstance(value, _Written) else plain(value),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["address"] = lambda url: _Written(address(url))
    environment.filters["written"] = _Written
    environment.filters["indented"] = lambda text: _Written(text.replace("\n", "\n    "))
    text = environment.get_template("page.md").render(page=content)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


class _Written(str):
    """Text that is Markdown already."""

    __slots__ = ()
