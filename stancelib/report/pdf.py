"""A page of the report as PDF, printed by a Chromium or Chrome of the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from stancelib.errors import DataError, EnvironmentProblem

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Milliseconds of the page's own clock, within which its charts are drawn.
DRAWING = 120_000
# Seconds after which a browser that hangs is ended.
PATIENCE = 600


def report_pdf(page: str | Path, path: str | Path | None = None) -> Path:
    """Print a page that `report` wrote as PDF, with the Chromium or Chrome of the machine.

    Parameters
    ----------
    page : str or Path
        The HTML page.
    path : str or Path, optional
        Where to write; by default beside the page, with the ending ``.pdf``.

    Returns
    -------
    Path
        Where the PDF is.

    Raises
    ------
    DataError
        When there is no page.
    EnvironmentProblem
        When no Chromium or Chrome is installed, or it does not print.

    Notes
    -----
    The charts are drawn by the page's own script, which only a browser runs. The browser gets a
    profile of its own that is deleted, and the page's policy forbids every connection.

    Examples
    --------
    >>> report_pdf("no_such_page.html")
    Traceback (most recent call last):
    ...
    stancelib.errors.DataError: there is no page no_such_page.html; write one with sl.report
    """
    source = Path(page)
    if not source.is_file():
        raise DataError(f"there is no page {source}; write one with sl.report")
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        raise EnvironmentProblem(
            "a PDF needs an installed Chromium or Chrome, and none was found as "
            f"{', '.join(BROWSERS)}; install one, or print the page from any browser"
        )
    place = Path(path) if path is not None else source.with_suffix(".pdf")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        _print(program, source.resolve(), place.resolve(), profile)
    return place


def _print(program: str, page: Path, place: Path, profile: str) -> None:
    options = [
        "--headless",
        "--disable-gpu",
        "--no-first-run",
        "--no-pdf-header-footer",
        f"--user-data-dir={profile}",
        f"--virtual-time-budget={DRAWING}",
        f"--print-to-pdf={place}",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")  # Chromium refuses to start for root otherwise.
    try:
        done = subprocess.run(
            [program, *options, page.as_uri()],
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired as hang:
        raise EnvironmentProblem(f"{program} did not print within {PATIENCE} s") from hang
    if not place.is_file():
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise EnvironmentProblem(f"{program} did not print the page: {last}")
