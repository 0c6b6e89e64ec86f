from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl
from stancelib.cli import main
from stancelib.cli.tables import effect_table
from stancelib.simulate import SimulatedCorpus, simulate_corpus

DOCUMENTS, SEED = 800, 3


class CueScorer:
    """Against where a sentence says "bad", favor where it says "good", else neutral."""

    name = "cue@1"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        said = pl.col("text").str.contains
        against, favor = said("bad").cast(pl.Float64), said("good").cast(pl.Float64)
        return frame.with_columns(
            p_against=against,
            p_neutral=1 - against - favor,
            p_favor=favor,
            stance=favor - against,
            truncated=pl.lit(value=False),
        )


class CountingScorer(CueScorer):
    def __init__(self) -> None:
        self.texts = 0

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        self.texts += frame.height
        return super().score(frame)


@pytest.fixture(scope="module")
def corpus() -> SimulatedCorpus:
    return simulate_corpus(DOCUMENTS, seed=SEED)


@pytest.fixture(scope="module")
def demo(corpus: SimulatedCorpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Folder and printed output of a demo whose scorer knows the truth."""
    out = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch, _captured(patch) as printed:
        code = main(_demo_arguments(out), scorer=corpus.scorer())
    assert code == 0
    return out, "".join(printed)


def _demo_arguments(out: Path) -> list[str]:
    return ["demo", "--documents", str(DOCUMENTS), "--seed", str(SEED), "--out", str(out)]


class _captured:  # noqa: N801 - reads like the context manager that it is
    """What is printed, for fixtures that outlive capsys."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.printed: list[str] = []
        patch.setattr(sys.stdout, "write", self.printed.append)

    def __enter__(self) -> list[str]:
        return self.printed

    def __exit__(self, *_exception: object) -> None:
        pass


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Two years of weekly articles of one outlet whose stance toward NATO turns in 2023."""
    days = pl.date_range(pl.date(2022, 1, 3), pl.date(2023, 12, 25), "3d", eager=True)
    words = ["a good", "a bad", "a", "a good"]
    frame = (
        pl.DataFrame({"date": days})
        .with_row_index("number")
        .with_columns(
            pl.concat_str(
                pl.lit("NATO made "),
                pl.when(pl.col("date") < pl.date(2023, 1, 1))
                .then(pl.col("number").mod(4).replace_strict(dict(enumerate(words))))
                .otherwise(pl.col("number").mod(3).replace_strict(dict(enumerate(words)))),
                pl.lit(" decision number "),
                pl.col("number"),
                pl.lit("."),
            ).alias("body"),
            pl.lit("Gazette").alias("paper"),
        )
    )
    path = tmp_path / "articles.csv"
    frame.with_columns(pl.col("date").dt.to_string()).drop("number").write_csv(path)
    return path


@pytest.fixture
def events(tmp_path: Path) -> Path:
    path = tmp_path / "events.csv"
    path.write_text("name,at\nnew year,2023-01-01\n", encoding="utf-8")
    return path


def test_demo_writes_everything_and_says_where(demo: tuple[Path, str]) -> None:
    out, printed = demo
    for name in ("articles.csv", "events.csv", "stance.duckdb", "series.csv", "effects.csv"):
        assert (out / name).stat().st_size > 0, name
    assert (out / "report.html").read_text("utf-8").count("Halvern Strait incident") > 0
    assert f"report: {out / 'report.html'}" in printed
    assert "rejected" in printed
    assert max(map(len, printed.splitlines())) <= 100 or _only_long_paths(printed, out)


def _only_long_paths(printed: str, out: Path) -> bool:
    """The ingest summary lists columns and languages as long as they are."""
    table = printed[printed.index("Halvern Strait incident: change") :]
    return all(len(line) <= 100 for line in table.splitlines() if str(out) not in line)


def test_demo_puts_the_truth_beside_the_estimate(
    corpus: SimulatedCorpus, demo: tuple[Path, str]
) -> None:
    _out, printed = demo
    table = printed[printed.index("Halvern Strait incident: change") :].splitlines()
    header = next(line for line in table if line.startswith("target"))
    assert header.split()[-1] == "truth"
    lines = [line for line in table if line.startswith(("NATO", "Russia", "Ukraine"))]
    assert len(lines) == corpus.parameters.height
    truth = {
        (row["target"], row["source"]): f"{row['level']:+.2f}"
        for row in corpus.parameters.iter_rows(named=True)
    }
    for line in lines:
        target, source = line[:12].strip(), line[13:39].strip()
        assert line.split()[-1] == truth[target, source]


def test_demo_recovers_the_shift_from_the_true_labels(
    corpus: SimulatedCorpus, demo: tuple[Path, str]
) -> None:
    out, _printed = demo
    effects = pl.read_csv(out / "effects.csv").filter(pl.col("term") == "level")
    both = effects.join(corpus.parameters, on=["target", "source"])
    assert both.height > 12
    held = both.filter(pl.col("level").is_between(pl.col("low"), pl.col("high"))).height
    # A 95 % interval of the right width misses 5 of 24 or more once in 30 seeds at most.
    assert held >= both.height - 4
    # The estimates follow the truth, one to one: they are not wide intervals around anything.
    weighted = both.select(
        product=pl.col("estimate") * pl.col("level") / pl.col("se") ** 2,
        square=pl.col("level") ** 2 / pl.col("se") ** 2,
    ).sum()
    slope = weighted["product"].item() / weighted["square"].item()
    error = weighted["square"].item() ** -0.5
    assert slope - 1.96 * error > 0
    assert abs(slope - 1) < 2.58 * error


def test_demo_rejects_what_was_spoiled_and_for_that_reason(
    corpus: SimulatedCorpus, demo: tuple[Path, str]
) -> None:
    out, _printed = demo
    rejected = sl.read_documents(out / "articles.csv").rejected
    expected = corpus.defects.select("row", pl.col("defect").alias("reason"))
    assert rejected.select("row", "reason").sort("row").rows() == expected.sort("row").rows()


def test_demo_of_another_seed_is_refused_in_the_same_folder(
    corpus: SimulatedCorpus, demo: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    out, _printed = demo
    code = main(["demo", "--seed", "9", "--out", str(out)], scorer=corpus.scorer())
    assert code == 2
    assert "another seed or size; give --out another folder" in capsys.readouterr().err


def test_sentences_come_out_of_the_splitter_as_they_were_written(
    corpus: SimulatedCorpus, demo: tuple[Path, str]
) -> None:
    out, _printed = demo
    with sl.open_store(out / "stance.duckdb") as store:
        found = store.sentences().select("doc_id", "text")
    written = corpus.labels.select("doc_id", "text")
    accepted = written.join(found.select("doc_id").unique(), on="doc_id", how="semi")
    missed = accepted.join(found, on=["doc_id", "text"], how="anti")
    assert missed.is_empty(), missed["text"].unique().to_list()


def test_run_estimates_and_resumes(
    articles: Path, events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    command = ["run", str(articles), "--events", str(events), "--out", str(out)]
    command += ["--columns", "source=paper", "--time-zone", "Europe/Paris"]
    first, second = CountingScorer(), CountingScorer()
    assert main(command, scorer=first) == 0
    printed = capsys.readouterr().out
    assert "text = body (guessed)" in printed
    assert "event: new year, 2023-01-01T00:00:00+01:00" in printed
    assert first.texts > 200
    series, effects = (out / "series.csv").read_text(), (out / "effects.csv").read_text()
    assert "2022-01-03T00:00:00+01:00" in series
    assert main(command, scorer=second) == 0
    assert second.texts == 0
    assert (out / "series.csv").read_text() == series
    assert (out / "effects.csv").read_text() == effects
    terms = pl.read_csv(out / "effects.csv").drop_nulls("estimate")
    assert terms.select("event", "target", "source").unique().rows() == [
        ("new year", "NATO", "Gazette")
    ]
    assert {"level", "slope"} <= set(terms["term"])


def test_too_few_articles_are_told_in_the_table_and_the_file(
    events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "few.jsonl", tmp_path / "results"
    dates = ["2022-12-30", "2023-01-03"]
    texts = ["NATO made a good choice.", "NATO made a bad choice."]
    pl.DataFrame({"date": dates, "text": texts}).write_ndjson(path)
    command = ["run", str(path), "--events", str(events), "--out", str(out)]
    assert main([*command, "--source", "Gazette"], scorer=CueScorer()) == 0
    assert "not estimated" in capsys.readouterr().out
    effects = pl.read_csv(out / "effects.csv")
    assert effects["estimate"].null_count() == effects.height == 3
    assert effects["not_estimated"].str.len_chars().min() > 10


def test_own_targets_take_the_place_of_the_three(
    events: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "few.parquet", tmp_path / "results"
    days = pl.date_range(pl.date(2022, 6, 1), pl.date(2023, 6, 1), "2d", eager=True)
    texts = [f"Moldova made a good choice, unlike NATO, for the {n}th time." for n in range(183)]
    pl.DataFrame({"date": days, "text": texts, "source": "Gazette"}).write_parquet(path)
    targets = tmp_path / "targets.toml"
    targets.write_text('name = "Moldova"\naliases = ["Moldova"]\n', encoding="utf-8")
    command = ["run", str(path), "--events", str(events), "--out", str(out), "--every", "1mo"]
    assert main([*command, "--targets", str(targets)], scorer=CueScorer()) == 0
    series = pl.read_csv(out / "series.csv")
    assert series["target"].unique().to_list() == ["Moldova"]
    assert series.height == 12
    assert "Moldova" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere.csv", "--events", "{events}"], "nowhere.csv"),
        (["run", "{articles}", "--events", "nowhere.toml"], "no file of events at nowhere.toml"),
        (
            ["run", "{articles}", "--events", "{events}", "--columns", "txt=body"],
            "txt",
        ),
        (["run", "{articles}", "--events", "{events}", "--time-zone", "Paris"], "Paris"),
        (["run", "{articles}", "--events", "{events}", "--targets", "no.toml"], "no.toml"),
        (["run", "{articles}", "--events", "{events}", "--scorer", "embeded"], "'embedded'?"),
        (["evaluate", "nowhere.jsonl"], "there is no such file"),
    ],
)
def test_errors_are_one_line_without_a_traceback(
    arguments: list[str],
    message: str,
    articles: Path,
    events: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    filled = [text.format(articles=articles, events=events) for text in arguments]
    if filled[0] == "run":
        filled += ["--out", str(articles.parent / "results")]
    scorer = None if "--scorer" in filled else CueScorer()
    assert main(filled, scorer=scorer) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.startswith("stancelib: error: ")
    assert len(error.splitlines()) == 1


def test_an_event_outside_the_series_does_not_stop_the_others(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = tmp_path / "many.csv"
    events.write_text("name,at\nfar away,2031-01-01\nnew year,2023-01-01\n", encoding="utf-8")
    out = tmp_path / "results"
    command = ["run", str(articles), "--events", str(events), "--out", str(out)]
    assert main([*command, "--columns", "source=paper"], scorer=CueScorer()) == 0
    effects = pl.read_csv(out / "effects.csv")
    reasons = effects.filter(event="far away")["not_estimated"].to_list()
    assert reasons
    assert all("lies outside the series" in reason for reason in reasons)
    assert effects.filter(event="new year", target="NATO")["estimate"].null_count() == 0
    assert "not estimated" in capsys.readouterr().out
    assert (out / "report.html").is_file()


def test_a_bug_is_not_hidden_as_the_callers_error(articles: Path, events: Path) -> None:
    class Broken(CueScorer):
        def score(self, frame: pl.DataFrame) -> pl.DataFrame:
            raise ZeroDivisionError(frame.height)

    command = ["run", str(articles), "--events", str(events), "--columns", "source=paper"]
    with pytest.raises(ZeroDivisionError):
        main([*command, "--out", str(articles.parent / "results")], scorer=Broken())


def test_evaluate_prints_known_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = tmp_path / "gold.jsonl"
    rows = [
        ("NATO is bad.", "NATO", "against", "en"),
        ("NATO is good.", "NATO", "favor", "en"),
        ("NATO is there.", "NATO", "favor", "en"),
        ("Kyiv is there.", "Ukraine", "neutral", "uk"),
    ]
    pl.DataFrame(rows, schema=["text", "target", "label", "lang"], orient="row").with_columns(
        start=0, end=4
    ).write_ndjson(gold)
    assert main(["evaluate", str(gold)], scorer=CueScorer()) == 0
    lines = capsys.readouterr().out.splitlines()
    cells = {line.split()[0]: line.split()[1:] for line in lines if line}
    # Right: 3 of 4. F1 of against 1, neutral 2/3, favor 2/3. Stances -1, 1, 0, 0 against truth
    # -1, 1, 1, 0: a bias of -1/4. All are certain, so that confidence exceeds accuracy by 1/4.
    assert cells["all"] == ["4", "0.750", "0.778", "0.833", "0.250", "-0.250"]
    assert cells["Ukraine"][:2] == ["1", "1.000"]
    confusion = [line.split() for line in lines if line.startswith("en")]
    assert ["en", "NATO", "favor", "0", "1", "1"] in confusion
    assert ["en", "NATO", "against", "1", "0", "0"] in confusion


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"text": "NATO", "start": 0, "end": 4, "target": "NATO", "lang": "en"}', "'label'"),
        (
            '{"text": "NATO", "start": 0, "end": 4, "target": "", "lang": "", "label": "hostile"}',
            "1 unknown labels, such as 'hostile'; known labels: against",
        ),
        ("not json", "is not jsonl"),
    ],
)
def test_evaluate_refuses_what_it_cannot_read(
    content: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(content, encoding="utf-8")
    assert main(["evaluate", str(gold)], scorer=CueScorer()) == 2
    assert message in capsys.readouterr().err


def test_effect_table_without_truth_and_with_long_names() -> None:
    row = {
        "event": "summit",
        "target": "A target with a long name",
        "source": "An outlet whose name is longer than its column",
        "estimate": -0.5,
        "low": -0.75,
        "high": -0.25,
        "p_value": 0.0001,
    }
    rows = [{**row, "term": "level"}, {**row, "term": "slope", "estimate": 0.0125}]
    printed = effect_table(pl.DataFrame(rows))
    line = printed.splitlines()[-1]
    assert "truth" not in printed
    assert "A target wi… An outlet whose name is l…" in line
    assert line.split()[-7:] == ["-0.50", "-0.75", "to", "-0.25", "<", ".001", "+0.013"]
    assert max(map(len, printed.splitlines())) <= 80


@pytest.mark.parametrize("command", [["--version"], ["--help"], ["run", "--help"]])
def test_command_answers_without_loading_what_is_heavy(
    command: list[str], root_folder: Path
) -> None:
    code = (
        "import sys; sys.argv[0] = 'stancelib'\n"
        "import runpy\n"
        "try: runpy.run_module('stancelib', run_name='__main__')\n"
        "except SystemExit as exit: status = exit.code\n"
        "loaded = {'torch', 'transformers', 'altair', 'onnxruntime', 'statsmodels'}\n"
        "assert not loaded & set(sys.modules), loaded & set(sys.modules)\n"
        "sys.exit(status)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *command],
        cwd=root_folder,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(("stancelib 0.", "usage: python -m stancelib"))


def test_unknown_command_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["dmeo"])
    assert stopped.value.code == 2
    assert "demo" in capsys.readouterr().err


def test_run_writes_the_report_as_markdown_with_the_checks_asked_for(
    articles: Path, events: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(articles), "--events", str(events), "--out", str(out)]
    arguments += ["--columns", "source=paper"]
    assert main([*arguments, "--markdown", "--robustness"], scorer=CueScorer()) == 0
    text = (out / "report.md").read_text("utf-8")
    assert "Simonsohn" not in text
    assert "Bertrand" not in text
    assert (out / "report_charts" / "chart-1.svg").exists()
    assert not (out / "report.pdf").exists()
