"""The coding page: one HTML file that works offline, and keeps what a coder did in the browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stancelib.validation.codebook import Codebook
from stancelib.validation.coded import LABELS
from stancelib.validation.sheet_rows import RIGHT_TO_LEFT

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_HASH_LENGTH: Final = 16


def write_page(rows: pl.DataFrame, path: Path, *, coder: str | None, codebook: Codebook) -> None:
    """Write the page; everything that was not written in its template is escaped."""
    items = [_item(row) for row in rows.iter_rows(named=True)]
    sheet = {"sheet": sheet_hash(items), "coder": coder, "labels": list(LABELS), "items": items}
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False}
    style, script = (
        (_TEMPLATES / name).read_text(encoding="utf-8") for name in ("coding.css", "coding.js")
    )
    page = environment.get_template("coding.html").render(
        sheet=sheet, codebook=codebook, style=style, script=script, policy=_policy(script, style)
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def sheet_hash(items: list[dict[str, Any]]) -> str:
    """Names what the browser keeps: another sheet, or another order, is another hash."""
    content = json.dumps(items, ensure_ascii=False, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]


def direction(lang: str) -> str:
    """Which way a language is written; ``auto`` lets the letters decide where it is not known.

    Examples
    --------
    >>> direction("ar"), direction("uk"), direction("und")
    ('rtl', 'ltr', 'auto')
    """
    known = lang.partition("-")[0].casefold()
    if known in RIGHT_TO_LEFT:
        return "rtl"
    return "auto" if known in {"", "und", "mul"} else "ltr"


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    text, start, end = row["text"], row["start"], row["end"]
    return {
        "item": row["item"],
        "target": row["target"],
        "before": row["before"] or "",
        "pieces": [text[:start], text[start:end], text[end:]],
        "after": row["after"] or "",
        "lang": row["lang"] if _LANGUAGE_TAG.fullmatch(row["lang"]) else "",
        "dir": direction(row["lang"]),
        "facts": _facts(row),
    }


def _facts(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a coder who is not blind sees besides the text."""
    facts = [("Source", row.get("source")), ("Headline", row.get("headline"))]
    if published := row.get("published_at"):
        facts.insert(1, ("Published", f"{published.astimezone(UTC):%Y-%m-%d %H:%M} UTC"))
    if row.get("predicted"):
        shares = ", ".join(f"{label} {row[f'p_{label}']:.2f}" for label in LABELS)
        facts.append((f"Model {row['scorer']}", shares))
    return [(name, text) for name, text in facts if text]


def _policy(script: str, style: str) -> str:
    """A policy under which only this script and style run, and nothing is loaded."""
    hashes = [
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style)
    ]
    return (
        f"default-src 'none'; script-src 'sha256-{hashes[0]}'; style-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
