"""Where a file of the registry lies: the user's folder, the cache, or the network."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from stancelib.datasets.registry import RegisteredFile
from stancelib.errors import DataError, EnvironmentProblem

DATA = "STANCELIB_DATA"
CACHE = "STANCELIB_CACHE"


def local_path(file: RegisteredFile) -> Path:
    """Find or download a file, with its SHA-256 checked.

    Raises
    ------
    DataError
        When the file in the user's folder has other bytes.
    EnvironmentProblem
        When it cannot be downloaded or kept.
    """
    own = _in_own_folder(file)
    if own is not None:
        return own
    cached = cache_folder() / file.path
    if cached.is_file() and sha256_of(cached) == file.sha256:
        return cached
    return _downloaded(file, cached)


def cache_folder() -> Path:
    """The folder that STANCELIB_CACHE names, else that of the system for this package."""
    told = os.environ.get(CACHE)
    if told:
        return Path(told).expanduser()
    import pooch  # noqa: PLC0415 - only where something is fetched

    return Path(pooch.os_cache("stancelib"))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_own_folder(file: RegisteredFile) -> Path | None:
    folder = os.environ.get(DATA)
    if not folder:
        return None
    path = Path(folder).expanduser() / file.path
    if not path.is_file():
        return None
    found = sha256_of(path)
    if found != file.sha256:
        raise DataError(
            f"{path} is not the file that the registry knows: its SHA-256 is {found}, not "
            f"{file.sha256}; remove it or name another folder in {DATA}"
        )
    return path


def _downloaded(file: RegisteredFile, cached: Path) -> Path:
    """Download through pooch, which writes the file only when its bytes are right."""
    import pooch  # noqa: PLC0415 - only where something is fetched
    import requests  # noqa: PLC0415 - which pooch brings

    store = pooch.create(
        path=cache_folder(),
        base_url="",
        registry={file.path: f"sha256:{file.sha256}"},
        urls={file.path: file.url},
    )
    try:
        return Path(store.fetch(file.path))
    except requests.RequestException as error:
        raise EnvironmentProblem(
            f"could not download {file.url} ({type(error).__name__}: {error}). {_by_hand(file)}"
        ) from error
    except OSError as error:
        raise EnvironmentProblem(
            f"could not write {cached} ({error}); name a folder that can be written in {CACHE}. "
            f"{_by_hand(file)}"
        ) from error
    except ValueError as error:
        raise EnvironmentProblem(
            f"{file.url} gave other bytes than the registry knows; nothing was kept. {error}"
        ) from error


def _by_hand(file: RegisteredFile) -> str:
    """Where a file goes that was downloaded elsewhere."""
    own = os.environ.get(DATA)
    places = [str(cache_folder() / file.path)]
    places.append(str(Path(own) / file.path) if own else f"{file.path} in a folder named in {DATA}")
    return (
        f"To put the file there by hand, save {file.url} as {' or as '.join(places)}; "
        f"its SHA-256 must be {file.sha256} ({file.bytes:,} bytes)"
    )
