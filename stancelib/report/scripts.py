"""Scripts and styles that the page carries, and the policy that allows just them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

import vl_convert

TEMPLATES = Path(__file__).parent / "templates"


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite and vega-embed with all that they need, as one script.

    Raises
    ------
    RuntimeError
        When the bundle would end its own script element.
    """
    # None is the default that its text documents; its stub demands a snippet.
    bundle = str(vl_convert.javascript_bundle(None))  # type: ignore[arg-type]
    if "</script" in bundle.lower() or "<!--" in bundle:
        raise RuntimeError("the Vega bundle holds '</script' or '<!--' and cannot be put in a page")
    return bundle


def style_sheet() -> str:
    """The style sheet of the page."""
    return (TEMPLATES / "page.css").read_text(encoding="utf-8")


def page_script() -> str:
    """The script that draws the charts."""
    return (TEMPLATES / "page.js").read_text(encoding="utf-8")


def content_security_policy(*, scripts: list[str], styles: list[str]) -> str:
    """A policy under which only these scripts and styles run, and nothing is loaded.

    Expressions of charts are interpreted, not compiled, so that ``unsafe-eval`` is not needed.

    Examples
    --------
    >>> content_security_policy(scripts=[""], styles=[])[:40]
    "default-src 'none'; script-src 'sha256-4"
    """
    parts = [
        "default-src 'none'",
        f"script-src {_hashes(scripts)}",
        f"style-src {_hashes(styles)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(parts)


def _hashes(texts: list[str]) -> str:
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests) or "'none'"
