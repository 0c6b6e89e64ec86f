"""`load`: corpora of the registry as frames of articles, ready for `read_documents`."""

from __future__ import annotations

import zipfile
from collections.abc import Callable

import polars as pl

from stancelib.datasets.dataset import Dataset
from stancelib.datasets.fetching import fetch
from stancelib.datasets.registry import read_registry
from stancelib.errors import ArgumentError

# Each office's pages show its own local time.
_OFFICES = {
    "putin.csv": ("Kremlin", "Europe/Moscow"),
    "zelenskyy.csv": ("President of Ukraine", "Europe/Kyiv"),
}
# What a site puts around every headline and subhead; "War in Ukraine" in it would be a mention.
_TITLE_FRAMES = r"\s*\(\d\d\.\d\d\.\d\d \d\d:\d\d\) « .*$"
_TEXT_FRAMES = (
    r"^\d\d\.\d\d\.\d\d \d\d:\d\d - ",
    r"\s*View (?:photo |video )?(?:article|news)\.$",
    r"\s*— Ukrinform\.$",
)


def load(name: str) -> pl.DataFrame:
    """Fetch a corpus and read it as articles.

    Hand the frame to `read_documents` or `Store.add_documents`; they say which rows cannot be
    used. ``fetch(name).files`` has the files as they were published.

    Parameters
    ----------
    name : str
        ``"putin_zelenskyy_press"`` (the sources are *Kremlin* and *President of Ukraine*) or
        ``"ruwa"`` (nine outlets, headlines with subheads).

    Returns
    -------
    polars.DataFrame
        Every row of the files: source, published_at, title (null where the page had none), text
        (null where there is a headline only), lang and url. Of the press releases `published_at`
        is an instant in UTC: the files say UTC, but hold what the pages show, which is the time
        of Moscow or Kyiv, and are read so. Of RUWA it is a date without a time, and what
        censor.net and ukrinform.net put around every text is taken off: the date, the rubric
        (*War in Ukraine*, which would be a mention), the site's name, a repeated headline.

    Raises
    ------
    ArgumentError
        When the name is not in the registry, or the data set holds labels and no articles.
    DataError, EnvironmentProblem
        As in `fetch`.

    Examples
    --------
    >>> import stancelib as sl
    >>> articles = sl.datasets.load("putin_zelenskyy_press")  # doctest: +SKIP
    >>> sl.read_documents(articles).accepted.height  # doctest: +SKIP
    1796
    """
    if name not in _READERS:
        known = read_registry()
        if name in known:
            raise ArgumentError(
                f"dataset {name!r} holds labelled sentences, no articles; use fetch({name!r}). "
                f"Datasets of articles: {', '.join(_READERS)}"
            )
        raise ArgumentError.unknown("dataset", name, _READERS)
    return _READERS[name](fetch(name))


def _press(dataset: Dataset) -> pl.DataFrame:
    return pl.concat(
        pl.read_csv(dataset.files[file], infer_schema=False).select(
            source=pl.lit(source),
            published_at=pl.col("date")
            .str.to_datetime("%Y-%m-%dT%H:%M:%SZ")
            .dt.replace_time_zone(zone, ambiguous="earliest")
            .dt.convert_time_zone("UTC"),
            title="headline",
            text="body",
            lang=pl.lit("en"),
            url="link",
        )
        for file, (source, zone) in _OFFICES.items()
    )


def _ruwa(dataset: Dataset) -> pl.DataFrame:
    with zipfile.ZipFile(dataset.files["RUWA_01.08.23.csv.zip"]) as archive:
        table = next(one for one in archive.namelist() if not one.startswith("__MACOSX"))
        rows = pl.read_csv(archive.read(table), infer_schema=False)
    title = pl.col("title").str.replace(_TITLE_FRAMES, "")
    text = pl.col("desc")
    for frame in _TEXT_FRAMES:
        text = text.str.replace(frame, "")
    address = pl.col("src")
    return rows.select(
        source=pl.col("Site").str.strip_prefix("www."),
        published_at=pl.col("Date").str.to_date("%m/%d/%Y"),
        title=title,
        text=_without_title(text, title).replace("", None),
        lang=pl.lit("en"),
        url=pl.when(address.str.contains("://")).then(address).otherwise("https://" + address),
    )


def _without_title(text: pl.Expr, title: pl.Expr) -> pl.Expr:
    """Subheads that begin with the headline, mostly without its quotation marks, lose it."""
    rest = text
    for beginning in (title, title.str.replace_all('"', "")):
        rest = rest.str.strip_prefix(beginning.fill_null("") + ".")
    return (
        pl.when(rest.str.len_chars() < text.str.len_chars())
        .then(rest.str.strip_chars_start())
        .otherwise(text)
    )


_READERS: dict[str, Callable[[Dataset], pl.DataFrame]] = {
    "putin_zelenskyy_press": _press,
    "ruwa": _ruwa,
}
