"""The registry of data sets: a TOML file with a datasheet of each, and checksums of its files."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from stancelib.errors import DataError


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or PurePosixPath(path).is_absolute() or {"..", "."} & set(parts) or "\\" in path:
        raise ValueError(f"{path!r} must be a relative path without '..', with forward slashes")
    return path


Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Words = Annotated[str, Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RegisteredFile(_Table):
    """One file: where it is, where it belongs on this machine, and its bytes."""

    name: Words
    path: Annotated[str, AfterValidator(_inside)]
    url: Annotated[str, Field(pattern=r"^https?://")]
    bytes: Annotated[int, Field(gt=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    hash_from: Literal["local copy", "download"]
    seen: Words


class RegisteredDataset(_Table):
    """The datasheet of one data set."""

    name: Name
    description: Words
    kind: Literal["articles", "labels"]
    languages: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: Annotated[int, Field(ge=0)]
    row_is: Words
    licence: Words
    conditions: tuple[Literal["BY", "NC", "ND", "SA"], ...]
    terms: Words
    limits: Words
    url: Annotated[str, Field(pattern=r"^https?://")]
    citation: Words
    file: Annotated[tuple[RegisteredFile, ...], Field(min_length=1)]


class _Registry(_Table):
    dataset: Annotated[tuple[RegisteredDataset, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [one.name for one in self.dataset]
        names += [file.path for one in self.dataset for file in one.file]
        repeated = [name for name, count in Counter(names).items() if count > 1]
        if repeated:
            raise ValueError(f"{repeated[0]!r} stands more than once")
        return self


@cache
def _shipped() -> Mapping[str, RegisteredDataset]:
    resource = files("stancelib.datasets").joinpath("registry.toml")
    return _read(resource.read_bytes(), resource.name)


def read_registry(path: str | PathLike[str] | None = None) -> Mapping[str, RegisteredDataset]:
    """Read a registry of data sets.

    Parameters
    ----------
    path : str or path, optional
        A TOML file in the form of ``stancelib/datasets/registry.toml``; null is that file.

    Returns
    -------
    Mapping of str to RegisteredDataset
        By name, in the order of the file.

    Raises
    ------
    DataError
        When the file is absent, is no TOML or does not have that form.

    Examples
    --------
    >>> read_registry()["gerntsa"].languages
    ('de',)
    """
    if path is None:
        return _shipped()
    file = Path(path)
    if not file.is_file():
        raise DataError(f"there is no registry of data sets at {file}")
    return _read(file.read_bytes(), str(file))


def _read(content: bytes, place: str) -> Mapping[str, RegisteredDataset]:
    try:
        registry = _Registry.model_validate(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{place} is not valid TOML: {error}") from error
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc'])) or 'the file'}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise DataError(f"{place} is no registry of data sets: {'; '.join(problems)}") from error
    return {one.name: one for one in registry.dataset}
