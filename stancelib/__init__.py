"""Stance and sentiment time series of multilingual news.

Articles go in; out comes how each outlet's stance toward NATO, Russia and Ukraine moved after
an event, with an honest error bar. Documentation: https://stancelib.readthedocs.io.

Every public name is loaded when it is first used, so that ``import stancelib`` stays fast and
loads neither torch, transformers nor altair.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stancelib.corpus import Ingest, find_duplicates, read_documents, split_sentences
    from stancelib.effects import (
        AdjustedEffects,
        ChangePoints,
        Counterfactual,
        DifferenceInDifferences,
        Event,
        EventOverlaps,
        EventStudy,
        InterruptedCounts,
        InterruptedTimeSeries,
        Interruption,
        OverlapWarning,
        PlaceboTest,
        Power,
        SpecificationCurve,
        SyntheticControl,
        SyntheticDifferenceInDifferences,
        adjust,
        change_points,
        counterfactual,
        difference_in_differences,
        event_overlaps,
        event_study,
        interrupted_counts,
        interrupted_time_series,
        placebo_test,
        power,
        read_events,
        specification_curve,
        synthetic_control,
        synthetic_difference_in_differences,
    )
    from stancelib.report import report
    from stancelib.scoring import Scorer, load_scorer, score_texts
    from stancelib.series import (
        ChangeDecomposition,
        Kernel,
        LocalRegression,
        alias_audit,
        decompose_change,
        fixed_composition,
        share_intervals,
        smooth,
    )
    from stancelib.simulate import simulate_corpus, simulate_series
    from stancelib.store import Store, open_store
    from stancelib.targets import (
        TARGETS,
        Alias,
        Target,
        find_mentions,
        load_targets,
        propose_aliases,
    )
    from stancelib.training import fine_tune
    from stancelib.validation import (
        Accuracy,
        Agreement,
        LabelsNeeded,
        Sample,
        accuracy,
        adjudicate,
        agreement,
        draw_sample,
        gold_labels,
        labels_needed,
    )

__version__ = "0.1.0"

_ROOM_OF = {
    "Accuracy": "validation",
    "AdjustedEffects": "effects",
    "Agreement": "validation",
    "Alias": "targets",
    "ChangeDecomposition": "series",
    "ChangePoints": "effects",
    "Counterfactual": "effects",
    "DifferenceInDifferences": "effects",
    "Event": "effects",
    "EventOverlaps": "effects",
    "EventStudy": "effects",
    "Ingest": "corpus",
    "InterruptedCounts": "effects",
    "InterruptedTimeSeries": "effects",
    "Interruption": "effects",
    "Kernel": "series",
    "LabelsNeeded": "validation",
    "LocalRegression": "series",
    "OverlapWarning": "effects",
    "PlaceboTest": "effects",
    "Power": "effects",
    "Sample": "validation",
    "Scorer": "scoring",
    "SpecificationCurve": "effects",
    "Store": "store",
    "SyntheticControl": "effects",
    "SyntheticDifferenceInDifferences": "effects",
    "TARGETS": "targets",
    "Target": "targets",
    "accuracy": "validation",
    "adjudicate": "validation",
    "adjust": "effects",
    "agreement": "validation",
    "alias_audit": "series",
    "change_points": "effects",
    "counterfactual": "effects",
    "decompose_change": "series",
    "difference_in_differences": "effects",
    "draw_sample": "validation",
    "event_overlaps": "effects",
    "event_study": "effects",
    "find_duplicates": "corpus",
    "find_mentions": "targets",
    "fine_tune": "training",
    "fixed_composition": "series",
    "gold_labels": "validation",
    "interrupted_counts": "effects",
    "interrupted_time_series": "effects",
    "labels_needed": "validation",
    "load_scorer": "scoring",
    "load_targets": "targets",
    "open_store": "store",
    "placebo_test": "effects",
    "power": "effects",
    "propose_aliases": "targets",
    "read_documents": "corpus",
    "read_events": "effects",
    "report": "report",
    "score_texts": "scoring",
    "share_intervals": "series",
    "simulate_corpus": "simulate",
    "simulate_series": "simulate",
    "smooth": "series",
    "specification_curve": "effects",
    "split_sentences": "corpus",
    "synthetic_control": "effects",
    "synthetic_difference_in_differences": "effects",
}

__all__ = [
    "TARGETS",
    "Accuracy",
    "AdjustedEffects",
    "Agreement",
    "Alias",
    "ChangeDecomposition",
    "ChangePoints",
    "Counterfactual",
    "DifferenceInDifferences",
    "Event",
    "EventOverlaps",
    "EventStudy",
    "Ingest",
    "InterruptedCounts",
    "InterruptedTimeSeries",
    "Interruption",
    "Kernel",
    "LabelsNeeded",
    "LocalRegression",
    "OverlapWarning",
    "PlaceboTest",
    "Power",
    "Sample",
    "Scorer",
    "SpecificationCurve",
    "Store",
    "SyntheticControl",
    "SyntheticDifferenceInDifferences",
    "Target",
    "accuracy",
    "adjudicate",
    "adjust",
    "agreement",
    "alias_audit",
    "change_points",
    "counterfactual",
    "decompose_change",
    "difference_in_differences",
    "draw_sample",
    "event_overlaps",
    "event_study",
    "find_duplicates",
    "find_mentions",
    "fine_tune",
    "fixed_composition",
    "gold_labels",
    "interrupted_counts",
    "interrupted_time_series",
    "labels_needed",
    "load_scorer",
    "load_targets",
    "open_store",
    "placebo_test",
    "power",
    "propose_aliases",
    "read_documents",
    "read_events",
    "report",
    "score_texts",
    "share_intervals",
    "simulate_corpus",
    "simulate_series",
    "smooth",
    "specification_curve",
    "split_sentences",
    "synthetic_control",
    "synthetic_difference_in_differences",
]


def __getattr__(name: str) -> object:
    if name not in _ROOM_OF:
        raise AttributeError(f"module 'stancelib' has no attribute {name!r}")
    value = getattr(import_module(f"stancelib.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
