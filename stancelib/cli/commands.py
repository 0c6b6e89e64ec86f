"""The three commands, and how their errors are told."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

import stancelib as sl
from stancelib.cli.job import Job, work
from stancelib.cli.parser import make_parser
from stancelib.cli.tables import confusion_table, effect_table, hits, measure_table
from stancelib.errors import ArgumentError, StancelibError

if TYPE_CHECKING:
    from stancelib.scoring import Scorer

CALLER_CAN_MEND = 2
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None, *, scorer: Scorer | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; those of the process when not given.
    scorer : Scorer, optional
        Takes the place of the scorer that ``--scorer`` names.

    Returns
    -------
    int
        0 when all went well; 2 when the caller's data, arguments or machine cannot be used,
        which is said in one line on the error stream; 130 after an interrupt.

    Examples
    --------
    >>> main(["evaluate", "no_such_file.jsonl"])
    2
    """
    arguments = make_parser().parse_args(argv)
    commands: dict[str, Callable[[argparse.Namespace, Scorer | None], None]] = {
        "demo": _demo,
        "run": _run,
        "evaluate": _evaluate,
    }
    try:
        commands[arguments.command](arguments, scorer)
    except (StancelibError, OSError) as error:
        print(f"stancelib: error: {' '.join(str(error).split())}", file=sys.stderr)
        return CALLER_CAN_MEND
    except KeyboardInterrupt:
        print("\nstancelib: stopped; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    return 0


def _demo(arguments: argparse.Namespace, scorer: Scorer | None) -> None:
    began = time.monotonic()
    corpus = sl.simulate_corpus(arguments.documents, seed=arguments.seed)
    out: Path = arguments.out
    _refuse_another_demo(out / "articles.csv", corpus.documents)
    articles, events = corpus.write(out)
    print(
        f"simulated: 8 invented outlets in five languages, and a known shift after the event of "
        f"{corpus.event_at:%d %B %Y}\n{articles}\n"
    )
    title = "Demo: eight invented outlets, and a shift that is known"
    effects, page = work(
        Job(articles, events, out, _scorer(arguments, scorer), title=title, **_report(arguments))
    )
    truth = corpus.parameters.select("target", "source", pl.col("level").alias("truth"))
    told = effects.join(truth, on=["target", "source"], how="left", maintain_order="left")
    print(f"\n{effect_table(told)}\n\n{hits(told)}")
    print(f"\nreport: {page}  ({time.monotonic() - began:.0f} s in all)")


def _run(arguments: argparse.Namespace, scorer: Scorer | None) -> None:
    job = Job(
        articles=arguments.articles,
        events=arguments.events,
        out=arguments.out,
        scorer=_scorer(arguments, scorer),
        every=arguments.every,
        time_zone=arguments.time_zone,
        targets=arguments.targets,
        columns=dict(arguments.columns),
        source=arguments.source,
        title=arguments.title,
        **_report(arguments),
    )
    effects, page = work(job)
    print(f"\n{effect_table(effects)}\n\nreport: {page}")


def _evaluate(arguments: argparse.Namespace, scorer: Scorer | None) -> None:
    from stancelib.training.gold import read_gold, score_gold  # noqa: PLC0415 - only here

    gold = read_gold(arguments.file)
    judge = _scorer(arguments, scorer)
    scored = score_gold(gold, judge)
    print(f"{gold.height:,} labelled mentions, scored by {judge.name}\n")
    print(f"{measure_table(scored)}\n\n{confusion_table(scored)}")


def _report(arguments: argparse.Namespace) -> dict[str, Any]:
    """Options of the report, which demo and run share."""
    return {
        "robustness": tuple(arguments.robustness),
        "markdown": arguments.markdown,
        "pdf": arguments.pdf,
    }


def _refuse_another_demo(path: Path, documents: pl.DataFrame) -> None:
    """Two corpora in one store would share document names and spoil each other's truth."""
    if path.exists() and path.read_text("utf-8") != documents.write_csv():
        raise ArgumentError(
            f"{path} belongs to a demo of another seed or size; give --out another folder"
        )


def _scorer(arguments: argparse.Namespace, scorer: Scorer | None) -> Scorer:
    return scorer or sl.load_scorer(arguments.scorer, model=arguments.model)
