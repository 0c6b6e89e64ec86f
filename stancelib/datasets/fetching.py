"""`fetch` and `available`: data sets of the registry, from this machine or from their source."""

from __future__ import annotations

import logging
from os import PathLike
from types import MappingProxyType

import polars as pl

from stancelib.datasets.dataset import Dataset
from stancelib.datasets.places import local_path
from stancelib.datasets.registry import RegisteredDataset, read_registry
from stancelib.errors import ArgumentError

_LOGGER = logging.getLogger(__name__)
_shown: set[str] = set()


def available(*, registry: str | PathLike[str] | None = None) -> pl.DataFrame:
    """List the data sets that `fetch` knows. Nothing is downloaded.

    Parameters
    ----------
    registry : str or path, optional
        A registry of your own, in the form of ``stancelib/datasets/registry.toml``.

    Returns
    -------
    polars.DataFrame
        One row a data set: name, description, languages (list of codes), rows (of all files),
        licence, url (the page of its source) and bytes (of all files).

    Raises
    ------
    DataError
        When a registry of your own cannot be read.

    Examples
    --------
    >>> import stancelib as sl
    >>> sl.datasets.available()["name"].to_list()
    ['putin_zelenskyy_press', 'ruwa', 'newsmtsc', 'rusentne', 'gerntsa']
    """
    return pl.DataFrame(
        [_listed(one) for one in read_registry(registry).values()],
        schema={
            "name": pl.String,
            "description": pl.String,
            "languages": pl.List(pl.String),
            "rows": pl.Int64,
            "licence": pl.String,
            "url": pl.String,
            "bytes": pl.Int64,
        },
    )


def _listed(one: RegisteredDataset) -> dict[str, object]:
    return {
        "name": one.name,
        "description": one.description,
        "languages": list(one.languages),
        "rows": one.rows,
        "licence": one.licence,
        "url": one.url,
        "bytes": sum(file.bytes for file in one.file),
    }


def fetch(name: str, *, registry: str | PathLike[str] | None = None) -> Dataset:
    """Get the files of a data set, and the terms on which they may be used.

    Each file is looked for in the folder that the environment variable ``STANCELIB_DATA`` names,
    then in the cache (``STANCELIB_CACHE``, else the cache folder of the system), and only then
    downloaded, from a fixed commit, into the cache. Its SHA-256 is checked in every case. The
    licence is shown once in a session, through the logger ``stancelib.datasets``.

    Parameters
    ----------
    name : str
        One of `available`.
    registry : str or path, optional
        A registry of your own, in the form of ``stancelib/datasets/registry.toml``.

    Returns
    -------
    Dataset
        The paths by file name, the licence, its terms, the source and what to cite.

    Raises
    ------
    ArgumentError
        When the name is not in the registry.
    DataError
        When a file in ``STANCELIB_DATA`` has another SHA-256, or the registry cannot be read.
    EnvironmentProblem
        Without a network, when the server gives an error or other bytes, or when the cache
        cannot be written; the message says where to put the file by hand.

    Examples
    --------
    >>> import stancelib as sl
    >>> press = sl.datasets.fetch("putin_zelenskyy_press")  # doctest: +SKIP
    >>> press.files["putin.csv"].stat().st_size, press.conditions  # doctest: +SKIP
    (3707795, ('BY', 'NC', 'ND'))
    >>> sl.datasets.fetch("newsmtcs")
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: unknown dataset 'newsmtcs'; known datasets: ... 'newsmtsc'?
    """
    known = read_registry(registry)
    if name not in known:
        raise ArgumentError.unknown("dataset", name, known)
    sheet = known[name]
    dataset = Dataset(
        name=sheet.name,
        files=MappingProxyType({file.name: local_path(file) for file in sheet.file}),
        licence=sheet.licence,
        conditions=sheet.conditions,
        terms=sheet.terms,
        limits=sheet.limits,
        url=sheet.url,
        citation=sheet.citation,
    )
    _show_once(dataset)
    return dataset


def _show_once(dataset: Dataset) -> None:
    """A warning in rank, so that it is seen where nobody has set up logging."""
    if dataset.notice not in _shown:
        _shown.add(dataset.notice)
        _LOGGER.warning("%s", dataset.notice)
