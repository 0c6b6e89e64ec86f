"""`report`: everything that was found, on one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from stancelib.effects import Event, read_events
from stancelib.report import scripts
from stancelib.report.content import Content, Request, content_of
from stancelib.report.figures import Album
from stancelib.report.markdown import PictureFolder, markdown_of
from stancelib.report.robustness import Check, checked
from stancelib.scoring import Scorer
from stancelib.series import Every
from stancelib.store import Store


def report(
    store: Store,
    events: Event | Sequence[Event] | str | Path,
    path: str | Path,
    *,
    every: Every = "1w",
    time_zone: str = "UTC",
    targets: str | Sequence[str] | None = None,
    title: str | None = None,
    scorer: str | Scorer | None = None,
    robustness: Check | Sequence[Check] | None = ("placebo",),
    gold: pl.DataFrame | None = None,
) -> Path:
    """Write what a store says about events as one HTML page that needs no network.

    The page holds an answer in one paragraph and key figures, the stance of each source over
    time, the effect of each event on each target and source (or why there is none) with its
    robustness, what of the change is a change of the mix of sources, the most telling sentences
    of each side, the corpus with gaps, copies and what was rejected, the methods that were used
    with their citations, limits, and what is needed to make it again.

    Parameters
    ----------
    store : Store
        With scores.
    events : Event, sequence of Event, str or Path
        What happened; a path is read by `read_events`, where times without a zone are taken to
        be in `time_zone`.
    path : str or Path
        Where to write; its folder is made where it is missing. An ending ``.md`` gives the same
        as Markdown, with the charts as SVG in a folder ``NAME_charts`` beside it; every other
        one gives the page, which `report_pdf` prints.
    every : {"1d", "1w", "1mo", "1q"}
        Length of a period; weeks start on Monday.
    time_zone : str
        In which periods are cut and all dates of the page are shown.
    targets : str, sequence of str or None
        Which targets; null means all that were scored.
    title : str or None
        Heading of the page; null means that it names the targets.
    scorer : str, Scorer or None
        Whose scores; needed only where several scorers scored the store.
    robustness : {"placebo", "specification"}, sequence of them, or None
        Checks of each effect: its rank among placebo dates, and its specification curve (a few
        times slower than all the rest, with a chart each). p-values corrected for the number of
        effects are always there.
    gold : polars.DataFrame or None
        Labels as `gold_labels` returns them; with them the page tells whether the scorer's error
        is another after each event than before.

    Returns
    -------
    Path
        Where the page is.

    Raises
    ------
    NotEnoughDataError
        When the store has no scores.
    ArgumentError
        When an option, target or check is unknown.
    DataError
        When `gold` is no gold frame, or its pairs have no score in this store.

    Notes
    -----
    Text of articles is escaped. The page's Content-Security-Policy allows only its own two
    scripts, and no connection; expressions of charts are interpreted, so that no text can become
    code. It stays below 3 MB: charts that do not fit are left out, and the page says so.

    Examples
    --------
    >>> import stancelib as sl
    >>> with sl.open_store(":memory:") as store:
    ...     sl.report(store, [], "report.html")
    Traceback (most recent call last):
    ...
    stancelib.errors.NotEnoughDataError: no sentence has a score yet; run store.score() first
    """
    request = Request(
        events=_event_list(events, time_zone),
        every=every,
        time_zone=time_zone,
        targets=_names(targets),
        title=title,
        scorer=scorer,
        robustness=checked(robustness),
        gold=gold,
    )
    place = Path(path)
    if place.suffix.lower() == ".md":
        pictures = PictureFolder(place.with_name(f"{place.stem}_charts"))
        text = markdown_of(content_of(store, request, pictures))
    else:
        album = Album()
        text = _render(content_of(store, request, album), album)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")
    return place


def _names(targets: str | Sequence[str] | None) -> tuple[str, ...] | None:
    if targets is None:
        return None
    return (targets,) if isinstance(targets, str) else tuple(targets)


def _event_list(events: Event | Sequence[Event] | str | Path, time_zone: str) -> tuple[Event, ...]:
    if isinstance(events, str | Path):
        return tuple(read_events(events, time_zone=time_zone))
    return (events,) if isinstance(events, Event) else tuple(events)


def _render(content: Content, album: Album) -> str:
    """The page as text, with everything that was not written here escaped."""
    environment = Environment(
        loader=FileSystemLoader(scripts.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {
        "separators": (",", ":"),
        "ensure_ascii": False,
        "allow_nan": False,
    }
    style, vega, script = scripts.style_sheet(), scripts.vega_bundle(), scripts.page_script()
    policy = scripts.content_security_policy(scripts=[vega, script], styles=[style])
    return environment.get_template("page.html").render(
        page=content, charts=album.content(), style=style, vega=vega, script=script, policy=policy
    )
