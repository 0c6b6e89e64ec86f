"""What real files hold besides articles: republished stories, and rows that cannot be used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np

from stancelib.simulate.bank import Outlet, load_bank

Row = dict[str, str | None]

# What is done to a good row so that it must be rejected.
_SPOIL: Mapping[str, Callable[[Row], Row]] = {
    "no date": lambda row: row | {"published_at": None},
    "unparsable date": lambda row: row | {"published_at": "soon after the meeting"},
    "date in the future": lambda row: row | {"published_at": "2999-03-01T09:00:00+00:00"},
    "date before 1900": lambda row: row | {"published_at": "1871-03-01T09:00:00+00:00"},
    "empty text": lambda row: row | {"title": None, "text": ""},
    "missing source": lambda row: row | {"source": None},
}
DUPLICATE_ID = "duplicate doc_id with other content"
DEFECTS = (*_SPOIL, DUPLICATE_ID)


@dataclass(frozen=True, slots=True)
class Copy:
    """A story that appears again: the row, what it copies, and how.

    `kind` is "update" (the same outlet, some hours later) or "republished" (another outlet of
    the same language, so that the stance is the first outlet's and not its own).
    """

    row: Row
    outlet: Outlet
    published_at: dt.datetime
    copy_of: str
    kind: str


def wire_copy(
    rng: np.random.Generator,
    row: Row,
    *,
    published_at: dt.datetime,
    outlet: Outlet,
    outlets: Sequence[Outlet],
    doc_id: str,
) -> Copy:
    """Republish one story with a small edit: a closing sentence without targets is added."""
    siblings = [other for other in outlets if other.lang == outlet.lang and other != outlet]
    kind = "republished" if siblings and rng.random() < 0.5 else "update"  # noqa: PLR2004 - half
    by = siblings[int(rng.integers(len(siblings)))] if kind == "republished" else outlet
    later = published_at + dt.timedelta(minutes=int(rng.integers(10, 110)))
    filler = load_bank(outlet.lang).filler
    unused = [sentence for sentence in filler if sentence not in str(row["text"])]
    edit = unused[int(rng.integers(len(unused)))]
    copy = row | {
        "doc_id": doc_id,
        "source": by.name,
        "published_at": later.astimezone(ZoneInfo(by.time_zone)).isoformat(),
        "text": f"{row['text']} {edit}",
        "url": address(by, published_at, doc_id),
    }
    return Copy(copy, by, later, str(row["doc_id"]), kind)


def defective_rows(rng: np.random.Generator, rows: Sequence[Row], each: int) -> list[Row]:
    """`each` rows for each of `DEFECTS`, in that order, made from rows of the corpus."""
    spoiled: list[Row] = []
    for number, defect in enumerate(name for name in DEFECTS for _ in range(each)):
        row = rows[int(rng.integers(len(rows)))]
        if defect == DUPLICATE_ID:
            spoiled.append(row | {"text": f"{row['text']} {row['title']}."})
        else:
            spoiled.append(_SPOIL[defect](row | {"doc_id": f"defect-{number:03d}"}))
    return spoiled


def address(outlet: Outlet, published_at: dt.datetime, doc_id: str) -> str:
    """Address under .example, a domain that is reserved and leads nowhere (RFC 2606)."""
    return f"https://{outlet.slug}.example/{published_at:%Y/%m/%d}/{doc_id}"
