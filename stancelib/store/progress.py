"""Progress bars: on a terminal only."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from tqdm import tqdm  # type: ignore[import-untyped]  # tqdm ships no types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_bar(
    description: str, *, total: int, unit: str, shown: bool
) -> Iterator[Callable[[int], object]]:
    """Show a bar (none where the output is no terminal); yields what moves it on."""
    with tqdm(
        total=total, desc=description, unit=f" {unit}", disable=None if shown else True
    ) as bar:
        yield bar.update
