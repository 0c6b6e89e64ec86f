"""`write_coding_sheet`: pairs for human coders, as a table, a page, or tasks of other tools."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.store.selection import check_option, choose_scorer
from stancelib.validation.codebook import Codebook, load_codebook
from stancelib.validation.coded import LABELS
from stancelib.validation.sample_result import Sample
from stancelib.validation.sheet_page import write_page
from stancelib.validation.sheet_rows import marked_sentence, sheet_rows
from stancelib.validation.sheet_tables import write_csv, write_xlsx
from stancelib.validation.sheet_tools import write_doccano, write_label_studio

if TYPE_CHECKING:
    from stancelib.scoring import Scorer
    from stancelib.store import Store

SheetFormat = Literal["csv", "xlsx", "html", "label_studio", "doccano"]

_SUFFIXES: Final[dict[str, SheetFormat]] = {
    ".csv": "csv",
    ".xlsx": "xlsx",
    ".html": "html",
    ".json": "label_studio",
    ".jsonl": "doccano",
}
_DECIMALS: Final = 4
_BLIND: Final = ("model", "source", "date", "headline")
# What each keeps from the coder; "source" is all that says whose article it is, and when.
_HIDDEN: Final = {
    "model": ("scorer", "predicted", "p_against", "p_neutral", "p_favor", "stance"),
    "source": ("source", "published_at", "headline"),
    "date": ("published_at",),
    "headline": ("headline",),
}


def write_coding_sheet(
    store: Store,
    sample: Sample | pl.DataFrame,
    path: str | Path,
    *,
    blind: Sequence[str] = ("model", "source"),
    context: int = 1,
    coder: str | None = None,
    seed: int = 0,
    format: SheetFormat | None = None,  # noqa: A002 - the plain word is what a user looks for
    codebook: str | Path | None = None,
    scorer: str | Scorer | None = None,
    overwrite: bool = False,
) -> Path:
    """Write pairs for human coders: a spreadsheet, one offline page, or tasks of other tools.

    A row is a (sentence, target): `item` (its key: sentence_id, a blank, target), `sentence_id`,
    `target`, `before`, `sentence`, `after`, `lang`, what is not blind, and `coder`, `label` and
    `note` for the coder. In the sentence the mention stands between two asterisks on each side:
    ``**NATO**``; the page marks it with colour instead. Rows are in a random order that depends on
    `seed` and the items alone, and not on strata, so that the first k rows are a fair part of all.

    Parameters
    ----------
    store : Store
        That the sample was drawn from.
    sample : Sample or polars.DataFrame
        Or a part of its ``.pairs``, such as those that are new:
        ``sample.pairs.filter(~pl.col("earlier"))``.
    path : str or Path
        Its ending chooses the format: ``.csv``, ``.xlsx`` (``pip install 'stancelib[sheets]'``),
        ``.html``, ``.json`` (Label Studio) or ``.jsonl`` (doccano). Its folder is made.
    blind : sequence of str
        What the coder must not know: ``"model"`` (probabilities and stance), ``"source"``
        (outlet, date and headline), or of these only ``"date"`` or ``"headline"``. What is not
        blind becomes further columns. Items hold the `doc_id`: give documents ids that do not name
        their outlet where coders see items (a workbook hides them, and the page does not show
        them, but both hold them).
    context : int
        Sentences before and after, from the same part (title or text) of the article.
    coder : str, optional
        Written into the sheet; without it the page asks.
    seed : int
        Of the order.
    format : {"csv", "xlsx", "html", "label_studio", "doccano"}, optional
        Said rather than taken from the ending, which it must fit.
    codebook : str or Path, optional
        A TOML file with ``definition``, ``rules`` and ``[labels]`` (a line each for against,
        neutral and favor), shown by the page and the workbook. None: that of the package.
    scorer : str, Scorer or None
        Whose predictions are shown, where coders are not blind to the model; None: those of the
        `Sample`, or of the only scorer.
    overwrite : bool
        Replace a file that is there; it may hold somebody's codings.

    Returns
    -------
    Path
        Where the sheet is. Label Studio gets its labelling interface in a second file, ``.xml``.

    Raises
    ------
    ArgumentError
        For an unknown ending, format, scorer or name in `blind`, a negative `context`, or a file
        that is there.
    DataError
        When the pairs are empty, doubled or not in the store; when a text is too long for a cell
        of xlsx; when the codebook cannot be read.
    EnvironmentProblem
        For ``.xlsx`` without openpyxl.

    Notes
    -----
    Cells that a spreadsheet would take for a formula (beginning with ``= + - @``) get an apostrophe
    before them in csv, and the type text in xlsx; `read_codings` takes it away again. The same
    pairs, options and seed give the same bytes, but for xlsx, which notes the time in itself.

    Examples
    --------
    >>> import tempfile
    >>> import stancelib as sl
    >>> corpus = sl.simulate_corpus(60, seed=1)
    >>> with sl.open_store(":memory:") as store, tempfile.TemporaryDirectory() as folder:
    ...     _ = store.add_documents(corpus.documents, progress=False)
    ...     _ = store.score(corpus.scorer(), "Russia", progress=False)
    ...     sample = sl.draw_sample(store, 10, strata=[])
    ...     path = sl.write_coding_sheet(store, sample, f"{folder}/coding.csv", coder="Ann")
    ...     codings = sl.read_codings(path, sample=sample)
    >>> path.name, codings.n_rows, codings.n_uncoded
    ('coding.csv', 10, 10)
    """
    place = Path(path)
    chosen = _format_of(place, format)
    hidden = _hidden(blind)
    if context < 0:
        raise ArgumentError(f"context must be at least 0; got {context}")
    if place.exists() and not overwrite:
        raise ArgumentError(
            f"'{place}' is there and may hold codings; pass another path, or overwrite=True"
        )
    told = load_codebook(codebook)
    name = None if "model" in blind else _scorer_of(store, sample, scorer)
    pairs = sample.pairs if isinstance(sample, Sample) else sample
    rows = sheet_rows(store, pairs, context=context, seed=seed, scorer=name)
    if name is not None:
        rows = _with_prediction(rows, name)
    shown = rows.drop(hidden, strict=False)
    place.parent.mkdir(parents=True, exist_ok=True)
    if chosen == "html":
        write_page(shown, place, coder=coder, codebook=told)
    else:
        _write_table(sheet_table(shown, coder), place, chosen, told)
    return place


def sheet_table(rows: pl.DataFrame, coder: str | None) -> pl.DataFrame:
    """The rows as a table of strings: the mention marked, times in UTC, room for the coder."""
    times = pl.selectors.datetime().dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    pairs = ["item", "sentence_id", "target", "before", "sentence", "after", "lang"]
    return (
        rows.with_columns(
            times,
            pl.selectors.float().round(_DECIMALS),
            sentence=marked_sentence(),
            coder=pl.lit(coder, pl.String),
            label=pl.lit(None, pl.String),
            note=pl.lit(None, pl.String),
        )
        .drop("text", "start", "end")
        .select(*pairs, pl.exclude(*pairs))
        .cast(pl.String)
    )


def _write_table(table: pl.DataFrame, path: Path, chosen: SheetFormat, codebook: Codebook) -> None:
    if chosen == "csv":
        write_csv(table, path)
    elif chosen == "xlsx":
        write_xlsx(table, path, codebook)
    elif chosen == "label_studio":
        write_label_studio(table, path)
    else:
        write_doccano(table, path)


def _format_of(path: Path, told: SheetFormat | None) -> SheetFormat:
    if told is not None:
        check_option("format", told, _SUFFIXES.values())
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise ArgumentError.unknown("ending", suffix, _SUFFIXES)
    found = _SUFFIXES[suffix]
    if told is not None and told != found:
        fitting = next(ending for ending, name in _SUFFIXES.items() if name == told)
        raise ArgumentError(f"format={told!r} goes with the ending {fitting}; got '{path}'")
    return found


def _hidden(blind: Sequence[str]) -> list[str]:
    names = [blind] if isinstance(blind, str) else list(blind)
    for name in names:
        if name not in _BLIND:
            raise ArgumentError.unknown("blinding", name, _BLIND)
    return [column for name in names for column in _HIDDEN[name]]


def _scorer_of(store: Store, sample: Sample | pl.DataFrame, scorer: str | Scorer | None) -> str:
    if scorer is None and isinstance(sample, Sample):
        return sample.scorer
    return choose_scorer(store.database, scorer)


def _with_prediction(rows: pl.DataFrame, scorer: str) -> pl.DataFrame:
    """The most likely class beside its probabilities; null where the scorer has no score."""
    largest = pl.concat_list(*(f"p_{label}" for label in LABELS)).list.arg_max()
    return rows.with_columns(
        scorer=pl.lit(scorer),
        predicted=largest.replace_strict(
            dict(enumerate(LABELS)), default=None, return_dtype=pl.String
        ),
    )
