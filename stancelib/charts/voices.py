"""Both voices over time: the outlet's own words beside what it quotes, and its headlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import polars as pl

from stancelib.charts.events import EventMark
from stancelib.charts.over_time import NEEDED, lines_over_time
from stancelib.charts.over_time_core import has_bounds
from stancelib.charts.tables import check_columns
from stancelib.charts.theme import ThemeName
from stancelib.errors import ArgumentError

# In the order of the legend.
LABELS = {"author": "outlet's own words", "quoted": "quoted", "headline": "headlines"}
_FEWEST_VOICES = 2


def stance_by_voice(
    voices: Mapping[str, pl.DataFrame],
    *,
    events: Sequence[EventMark] = (),
    title: str | None = None,
    width: int = 640,
    height: int = 200,
    theme: ThemeName = "light",
) -> alt.VConcatChart:
    """Draw what an outlet says itself beside what it quotes, with interval bands.

    One panel a target and source. Each voice has a colour (safe for colour-blind readers) and a
    dash. A period in which a voice is silent breaks its line.

    Parameters
    ----------
    voices : mapping of str to polars.DataFrame
        Series frames of the same targets, sources and periods, at least two, by voice:
        ``author``, ``quoted``, ``headline``, as ``store.series(voice=...)`` returns them.
        Null ``stance``: no article with this voice, hence a gap. Null ``se``: no band.
    events : sequence of Event
        Anything with ``name``, ``at`` (with a time zone) and ``label``.
    title : str, optional
        Above the picture.
    width, height : int
        Of the plotting area of a panel, in pixels.
    theme : {"light", "dark"}
        Colours. The global altair theme is not touched.

    Returns
    -------
    altair.VConcatChart
        Can be changed further; its ``description`` is an alternative text.

    Raises
    ------
    ArgumentError
        When a voice is unknown, or fewer than two are given.
    DataError
        When a column is missing, or ``period`` has no time zone or not the same in all frames.
    NotEnoughDataError
        When no period has a stance.

    Notes
    -----
    The band is the interval of each frame, ``low`` to ``high``; where these columns are missing,
    the stance ± 1.96 standard errors, cut at -1 and 1. An article counts in each
    voice that it has, so that the numbers of articles must not be added.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> author = pl.DataFrame({
    ...     "target": "NATO", "source": "Example Post", "stance": [-0.2, -0.3],
    ...     "period": [datetime(2022, 2, day, tzinfo=UTC) for day in (7, 14)],
    ...     "se": [0.05, 0.1], "n_documents": [12, 7],
    ... })
    >>> quoted = author.with_columns(stance=pl.lit(-0.6))
    >>> stance_by_voice({"author": author, "quoted": quoted}).title.text
    ['Stance by voice: Example Post toward NATO']
    """
    for voice in voices:
        if voice not in LABELS:
            raise ArgumentError.unknown("voice", voice, LABELS)
    if len(voices) < _FEWEST_VOICES:
        raise ArgumentError(f"{len(voices)} voices; give at least two of {', '.join(LABELS)}")
    together = _together(voices)
    chosen = [voice for voice in LABELS if voice in voices]
    return lines_over_time(
        _with_headings(together),
        [LABELS[voice] for voice in chosen],
        events=events,
        title=title or _default_title(together),
        notes="Own words: sentences of the outlet. Quoted: sentences of those it lets speak.",
        width=width,
        height=height,
        theme=theme,
    )


def _together(voices: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows of all voices, with the voice's label as ``voice``."""
    for frame in voices.values():
        check_columns(frame, NEEDED)
    kinds = {frame.schema["period"] for frame in voices.values()}
    if len(kinds) > 1:
        raise ArgumentError(
            f"the periods of the voices are of {len(kinds)} kinds "
            f"({', '.join(sorted(map(str, kinds)))}); ask for all in one time_zone"
        )
    bounds = ("low", "high") if all(map(has_bounds, voices.values())) else ()
    return pl.concat(
        [
            frame.select(*NEEDED, *bounds).with_columns(voice=pl.lit(LABELS[voice]))
            for voice, frame in voices.items()
        ]
    )


def _with_headings(together: pl.DataFrame) -> pl.DataFrame:
    """A panel's heading as ``target`` and the voice as ``source``."""
    several = [name for name in ("target", "source") if together[name].n_unique() > 1]
    panel = pl.concat_str([pl.col(name) for name in several or ["target"]], separator=" · ")
    return together.with_columns(target=panel, source="voice").drop("voice")


def _default_title(together: pl.DataFrame) -> str:
    targets = together["target"].unique(maintain_order=True).to_list()
    sources = together["source"].unique(maintain_order=True).to_list()
    outlet = sources[0] if len(sources) == 1 and sources[0] != "all" else None
    toward = f"toward {targets[0]}" if len(targets) == 1 else ""
    named = " ".join(part for part in (outlet, toward) if part)
    return f"Stance by voice: {named}" if named else "Stance by voice"
