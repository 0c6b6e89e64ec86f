"""Refuse built pages that would ask the network for anything when they are opened.

Links that a reader clicks are allowed; scripts, styles, fonts and pictures are not.
"""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from pathlib import Path

LOADING = {"script": "src", "img": "src", "iframe": "src", "link": "href"}
NOT_LOADED = {"canonical", "author", "index", "search", "next", "prev", "help"}


class LoadedAddresses(HTMLParser):
    """Collects what a browser loads from elsewhere to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address that a tag loads."""
        named = dict(attrs)
        address = named.get(LOADING.get(tag, "")) or ""
        if address.startswith(("http:", "https:", "//")) and named.get("rel") not in NOT_LOADED:
            self.found.append(address)


def main(folder: Path) -> int:
    """Print each page that loads something from elsewhere; 1 if there is one."""
    pages = sorted(folder.rglob("*.html"))
    if not pages:
        print(f"no pages in {folder}")
        return 1
    guilty = 0
    for page in pages:
        parser = LoadedAddresses()
        parser.feed(page.read_text(encoding="utf-8"))
        for address in parser.found:
            print(f"{page}: loads {address}")
            guilty = 1
    return guilty


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
