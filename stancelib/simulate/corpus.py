"""`simulate_corpus`: a multilingual corpus whose stance is known sentence by sentence."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from stancelib.errors import ArgumentError
from stancelib.notebook import View, Viewed
from stancelib.simulate.bank import TARGETS, load_world
from stancelib.simulate.draw import Draw, draw_corpus
from stancelib.simulate.perfect_scorer import PerfectScorer


@dataclass(frozen=True, repr=False)
class SimulatedCorpus(Viewed):
    """A corpus as a user's file would hold it, and the truth about it.

    Attributes
    ----------
    documents : polars.DataFrame
        One row an input row, good or bad: `doc_id`, `source`, `published_at` (text with the
        outlet's offset from UTC), `title`, `text`, `url`. It has no `lang`: detection is part
        of the job.
    truth : polars.DataFrame
        One row a (target, source, date in UTC): `expected_stance`, the mean that the sentences
        of the day were drawn from, and `line`, the same without noise.
    parameters : polars.DataFrame
        One row a (target, source): `stance` before the event, `level` (its jump at the event),
        `slope` (change per week after it), `rho` and `noise` (AR(1) from day to day, and its
        standard deviation), `neutral` (share of neutral sentences).
    labels : polars.DataFrame
        One row a sentence: `doc_id`, `source`, `published_at` (UTC), `part` ("title" or
        "text"), `order` within the article, `text`, `target`, `label` and `value` (-1, 0, 1);
        the last three are null in sentences that name no target.
    copies : polars.DataFrame
        One row a story that appears again: `doc_id`, `copy_of`, `kind` ("update" by the same
        outlet, or "republished" by another one, with the stance of the first).
    defects : polars.DataFrame
        One row a row that must be rejected: `row` (in `documents`, from 0), `doc_id`, `defect`.
    event_name, event_label : str
        The invented event.
    event_at : datetime.datetime
        Its instant, in UTC; the stance is shifted from that day (UTC) on, and no article of
        that day comes before it.
    seed : int
        The seed that makes the same bytes again.
    """

    documents: pl.DataFrame
    truth: pl.DataFrame
    parameters: pl.DataFrame
    labels: pl.DataFrame
    copies: pl.DataFrame
    defects: pl.DataFrame
    event_name: str
    event_label: str
    event_at: dt.datetime
    seed: int

    def scorer(self) -> PerfectScorer:
        """Scorer that gives each sentence the label that it was drawn with."""
        return PerfectScorer(self.labels)

    def write(self, folder: str | Path) -> tuple[Path, Path]:
        """Write articles.csv and events.csv as a user would have them; return both paths."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        articles, events = folder / "articles.csv", folder / "events.csv"
        self.documents.write_csv(articles)
        event = {
            "name": [self.event_name],
            "at": [self.event_at.isoformat()],
            "label": [self.event_label],
        }
        pl.DataFrame(event).write_csv(events)
        return articles, events

    def _view(self) -> View:
        return View(
            f"{self.documents.height:,} rows of articles, drawn with seed {self.seed}: "
            f"{self.copies.height:,} stories appear again, {self.defects.height:,} rows must be "
            f"rejected. {self.event_name} is at {self.event_at.isoformat(' ', 'minutes')}.",
            {"What was put in": self.parameters},
        )


def simulate_corpus(
    n_documents: int = 1200,
    *,
    seed: int = 1,
    start: dt.date = dt.date(2024, 7, 1),
    n_days: int = 364,
    effect: float = 1.0,
    rho: float = 0.8,
    noise: float = 0.04,
    concentration: float = 6.0,
    copies: float = 0.04,
    defects_each: int = 2,
) -> SimulatedCorpus:
    """Simulate a year of eight invented outlets in five languages, with a known event effect.

    Every sentence is drawn from a bank of invented sentences (en, fr, de, ru, uk) that name one
    target each; the outlet's stance of the day sets how often they are against, neutral and in
    favor. Volume is uneven: weekends are quiet, every outlet has a gap, the week after the
    event is busy. Some stories appear again with small edits, some rows must be rejected.

    Parameters
    ----------
    n_documents : int
        Articles written by the outlets; copies and defective rows come on top.
    seed : int
        The same seed and arguments give the same bytes.
    start : datetime.date
        First day, UTC.
    n_days : int
        Length in days; the event of 14 January 2025 must lie inside, four weeks from the ends.
    effect : float
        Factor on every level and slope change, in [-1, 1]; 0 makes a corpus without any effect.
    rho : float
        Autocorrelation of the outlets' stance from day to day, in [0, 1).
    noise : float
        Stationary standard deviation of that stance, in stance units, at most 0.06.
    concentration : float
        How alike the articles of a day are, above 0: two sentences of one article correlate by
        ``1 / (1 + concentration)``.
    copies : float
        Share of the articles that appear again, in [0, 1].
    defects_each : int
        Rows made for every reason to reject a row.

    Returns
    -------
    SimulatedCorpus
        `.documents`, the truth about them, and the event.

    Raises
    ------
    ArgumentError
        For an argument outside its range.

    Examples
    --------
    >>> from stancelib import simulate_corpus
    >>> corpus = simulate_corpus(50, seed=3, defects_each=0, copies=0)
    >>> corpus.documents.columns
    ['doc_id', 'source', 'published_at', 'title', 'text', 'url']
    >>> corpus.documents.height, corpus.event_name, corpus.event_at.isoformat()
    (50, 'Halvern Strait incident', '2025-01-14T03:30:00+00:00')
    """
    world = load_world()
    event_day = (world.event_at.date() - start).days
    _check_calendar(n_documents, start, n_days, event_day)
    _check_shares(
        effect=(effect, -1, 1),
        rho=(rho, 0, 0.99),
        noise=(noise, 0, 0.06),
        concentration=(concentration, 0.01, 1e6),
        copies=(copies, 0, 1),
        defects_each=(defects_each, 0, 1000),
    )
    draw = Draw(
        seed, start, n_days, event_day, effect, rho, noise, concentration, copies, defects_each
    )
    frames = draw_corpus(world, draw, n_documents)
    parameters = [
        {
            "target": target,
            "source": outlet.name,
            "stance": outlet.paths[target].stance,
            "level": effect * outlet.paths[target].level,
            "slope": effect * outlet.paths[target].slope,
            "rho": rho,
            "noise": noise,
            "neutral": outlet.neutral,
        }
        for target in TARGETS
        for outlet in world.outlets
    ]
    return SimulatedCorpus(
        documents=frames.documents,
        truth=frames.truth,
        parameters=pl.DataFrame(parameters),
        labels=frames.labels,
        copies=frames.copies,
        defects=frames.defects,
        event_name=world.event_name,
        event_label=world.event_label,
        event_at=world.event_at,
        seed=seed,
    )


def _check_calendar(n_documents: int, start: dt.date, n_days: int, event_day: int) -> None:
    if n_documents < 1:
        raise ArgumentError(f"'n_documents' must be at least 1; got {n_documents}")
    month = 28
    if not month <= event_day <= n_days - month:
        raise ArgumentError(
            f"the event of 2025-01-14 must lie at least {month} days inside the corpus; it is "
            f"day {event_day} of {n_days} from {start.isoformat()}"
        )


def _check_shares(**ranges: tuple[float, float, float]) -> None:
    for name, (value, low, high) in ranges.items():
        if not low <= value <= high:
            raise ArgumentError(f"{name!r} must lie in [{low}, {high}]; got {value}")
