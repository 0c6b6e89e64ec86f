"""What `draw_sample` returns."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from stancelib.notebook import View, Viewed


@dataclass(frozen=True, repr=False)
class Sample(Viewed):
    """A probability sample of (sentence, target) pairs.

    Attributes
    ----------
    pairs : polars.DataFrame
        A row for each pair, by stratum: `item` (its key on coding sheets), `sentence_id`,
        `target`, `doc_id`, `source`, `lang`, `voice`, `part`, `published_at` (UTC), `stratum`
        (number), `n_population` (pairs of the stratum), `inclusion_probability`, `weight` (its
        inverse), `cluster` (what was drawn as one: the article's `doc_id`, or the pair's own
        `item`), `cluster_probability` (with which that was drawn; where an article gives only some
        of its pairs, theirs is smaller) and `earlier` (whether an earlier round had it).
    strata : polars.DataFrame
        A row for each stratum: `stratum`, the columns that it is made of, `n_population` and
        `n_sample` (pairs), `n_clusters_population` and `n_clusters` (articles, or pairs drawn by
        themselves), `inclusion_probability` (of a cluster) and `predicted_sd` (of the predicted
        stance; of its sum over an article, less the stratum's mean, where articles are drawn).
    n_left_earlier : int
        Pairs of the earlier round that this one does not hold, because articles were added or the
        strata changed. Their labels do not belong to this sample.
    scorer : str
        Whose predictions were used.
    seed : int
        The same seed, store and options give the same sample.

    Examples
    --------
    >>> Sample.__name__
    'Sample'
    """

    pairs: pl.DataFrame
    strata: pl.DataFrame
    n_left_earlier: int
    scorer: str
    seed: int

    def _view(self) -> View:
        earlier = (
            f" {self.n_left_earlier:,} pairs of the earlier round do not belong to it."
            if self.n_left_earlier
            else ""
        )
        return View(
            f"{self.pairs.height:,} pairs of {self.pairs['doc_id'].n_unique():,} articles in "
            f"{self.strata.height:,} strata, drawn with seed {self.seed} by the predictions of "
            f"{self.scorer}.{earlier}",
            {"": self.strata},
        )
