"""What the command line understands, and what it says about itself."""

from __future__ import annotations

import argparse
from pathlib import Path

import stancelib

EVERY = ("1d", "1w", "1mo", "1q")
CHECKS = ("placebo", "specification")
DEMO_DOCUMENTS = 3000

_DEMO = """\
Run the whole job on a corpus that the library simulates: eight invented outlets in five
languages, a year of articles, and a known shift after a known event. Nothing is downloaded.
Writes DIR/articles.csv, DIR/events.csv, and what `run` writes.
"""
_RUN = """\
Read articles, score the stance of every sentence that names a target, cut it into periods,
estimate how it moved after each event, and write a report.

Writes to DIR:
  stance.duckdb  articles, sentences, mentions, scores and the manifest of every step
  series.csv     stance by target, source and period, with standard errors
  effects.csv    level and slope change by event, target and source
  report.html    all of it as one page that needs no network
  report.md      the same as Markdown, with --markdown; report.pdf with --pdf

Run it again on the same DIR and it resumes: nothing is added or scored twice.
"""
_RUN_EXAMPLE = """\
examples:
  python -m stancelib run articles.csv --events events.toml --out results
  python -m stancelib run "news/*.jsonl" --events events.csv --out results \\
      --every 1mo --time-zone Europe/Kyiv --columns published_at=date text=body
"""
_EVALUATE = """\
Score labelled sentences and print accuracy, macro-F1, F1(P,N) (the mean F1 of against and
favor), the bias of the mean stance, and confusion by language and target.
"""


def make_parser() -> argparse.ArgumentParser:
    """Build the parser; the chosen command is `command` of what it returns."""
    parser = argparse.ArgumentParser(
        prog="python -m stancelib",
        description="How each outlet's stance toward NATO, Russia and Ukraine moved after an "
        "event, with an honest error bar.",
        epilog="`python -m stancelib COMMAND --help` says more about a command.",
    )
    parser.add_argument("--version", action="version", version=f"stancelib {stancelib.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_demo(commands)
    _add_run(commands)
    _add_evaluate(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = _command(commands, "demo", "the whole job on a simulated corpus", _DEMO)
    demo.add_argument(
        "--out",
        type=Path,
        default=Path("stancelib_demo"),
        metavar="DIR",
        help="folder to write to (default: %(default)s)",
    )
    demo.add_argument(
        "--seed", type=int, default=1, help="seed of the simulation (default: %(default)s)"
    )
    demo.add_argument(
        "--documents",
        type=int,
        default=DEMO_DOCUMENTS,
        metavar="N",
        help="articles to simulate (default: %(default)s)",
    )
    _add_report(demo)
    _add_scorer(demo)


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = _command(commands, "run", "the whole job on your articles", _RUN, _RUN_EXAMPLE)
    run.add_argument(
        "articles",
        metavar="ARTICLES",
        help="csv, jsonl, parquet, html, rss or warc: a file, a folder, or a quoted glob",
    )
    run.add_argument(
        "--events",
        type=Path,
        required=True,
        metavar="FILE",
        help="toml or csv with the name and the instant of each event",
    )
    run.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    run.add_argument(
        "--every", choices=EVERY, default="1w", help="length of a period (default: %(default)s)"
    )
    run.add_argument(
        "--time-zone",
        default="UTC",
        metavar="ZONE",
        help="IANA name of the zone that periods are cut in, and of times that state none "
        "(default: %(default)s)",
    )
    run.add_argument(
        "--targets",
        type=Path,
        metavar="FILE",
        help="toml with your own targets, in place of NATO, Russia and Ukraine",
    )
    run.add_argument(
        "--columns",
        type=_column,
        nargs="+",
        action="extend",
        default=[],
        metavar="OURS=THEIRS",
        help="columns whose names are not guessed, such as published_at=date; "
        "ours: doc_id, source, published_at, title, text, lang, url",
    )
    run.add_argument(
        "--source", metavar="NAME", help="the source of all articles, where no column says it"
    )
    run.add_argument("--title", metavar="TEXT", help="title of the report")
    _add_report(run)
    _add_scorer(run)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = _command(commands, "evaluate", "accuracy on labelled sentences", _EVALUATE)
    evaluate.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="jsonl, one labelled mention a line: text, start, end (code points of the "
        "mention), target, label (against, neutral, favor, or -1, 0, 1), lang",
    )
    _add_scorer(evaluate)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    summary: str,
    description: str,
    epilog: str | None = None,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=summary,
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_report(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--robustness",
        choices=CHECKS,
        nargs="*",
        default=["placebo"],
        help="checks of each effect in the report; specification takes longer (default: placebo)",
    )
    command.add_argument(
        "--markdown", action="store_true", help="the report as report.md with its charts, too"
    )
    command.add_argument(
        "--pdf",
        action="store_true",
        help="the report as report.pdf, too; needs an installed Chromium or Chrome",
    )


def _add_scorer(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--scorer",
        default="embedded",
        metavar="NAME",
        help="embedded, classifier or entailment (default: %(default)s)",
    )
    command.add_argument(
        "--model", metavar="PATH", help="model of the scorer; embedded has its own"
    )


def _column(text: str) -> tuple[str, str]:
    ours, equals, theirs = text.partition("=")
    if not (ours and equals and theirs):
        raise argparse.ArgumentTypeError(f"{text!r} is not OURS=THEIRS, such as text=body")
    return ours, theirs
