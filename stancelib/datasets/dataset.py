"""`Dataset`: where the files of a data set lie on this machine, and on what terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Dataset:
    """A data set whose files lie on this machine.

    Attributes
    ----------
    name : str
        Its name in the registry.
    files : Mapping of str to pathlib.Path
        Path of each file by its name; it cannot be changed. The bytes are those of the registry.
    licence : str
        The licence, by publisher where they differ.
    conditions : tuple of str
        What the licence asks, in the letters of Creative Commons: ``BY`` (name the makers), ``NC``
        (no commercial use), ``ND`` (share no changed versions), ``SA`` (share alike). Where files
        have different licences, those of all files together; empty for licences such as MIT.
    terms : str
        The same in words.
    limits : str
        What the data set is not good for.
    url : str
        The page of its source.
    citation : str
        What to cite.

    Examples
    --------
    >>> from types import MappingProxyType
    >>> files = MappingProxyType({"letters.csv": Path("letters.csv")})
    >>> letters = Dataset("letters", files, "CC BY 4.0", ("BY",), "Name the makers.", "Few.",
    ...     "https://letters.example", "The makers (2024). Letters.")
    >>> letters.notice
    'letters: CC BY 4.0. Name the makers. Source: https://letters.example'
    """

    name: str
    files: Mapping[str, Path]
    licence: str
    conditions: tuple[str, ...]
    terms: str
    limits: str
    url: str
    citation: str

    @property
    def notice(self) -> str:
        """The licence and its terms in one line."""
        return f"{self.name}: {self.licence}. {self.terms} Source: {self.url}"
