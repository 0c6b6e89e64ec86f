"""The steps of the shipped model that can be seen without training it."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

from stancelib.training import domain, recipes
from stancelib.training import sets as sets_module
from stancelib.training.__main__ import calibration_by_language
from stancelib.training.loop import average_weights
from stancelib.training.readings import readings
from stancelib.training.sentiment_head import sentiment_logits, train_sentiment_head


def test_the_sentiment_head_learns_and_the_rest_stays(tiny: Any) -> None:
    with torch.no_grad():
        # An untrained tiny encoder hardly tells words apart.
        for name, parameter in tiny.model.encoder.named_parameters():
            if name.endswith("weight") and parameter.ndim > 1:
                parameter.mul_(10)
    before = {name: value.clone() for name, value in tiny.model.state_dict().items()}
    moods = pl.DataFrame(
        {"text": ["A is good .", "B is bad .", "A is plain ."] * 60, "label": [1, -1, 0] * 60}
    )
    train_sentiment_head(tiny.model, tiny.tokenizer, moods)
    said = sentiment_logits(tiny.model, tiny.tokenizer, moods["text"]).argmax(axis=1) - 1
    np.testing.assert_array_equal(said, moods["label"].to_numpy())
    after = tiny.model.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(after[name], value)}
    assert changed == {name for name in before if name.startswith("sentiment_head.")}


def test_small_languages_share_a_calibration() -> None:
    generator = np.random.default_rng(3)
    languages = ["en"] * 2000 + ["uk"] * 150 + ["fr"] * 150
    logits = generator.normal(0, 2, (len(languages), 3))
    classes = (logits + generator.gumbel(size=logits.shape)).argmax(axis=1)
    scale = np.where(np.array(languages) == "en", 3.0, 1.0)[:, None]
    frame = pl.DataFrame({"lang": languages, "label": classes - 1, "part": "dev"})
    found = calibration_by_language(frame, logits * scale)
    assert set(found) == {"en", "*"}
    assert abs(found["en"].temperature - 3) < 0.3
    assert abs(found["*"].temperature - 1) < 0.25


@pytest.mark.data
def test_a_cycle_reads_what_its_mix_says(data_folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    mix = recipes.CYCLES["joint_2"].mix
    rows = recipes.mixed(mix)
    news, dev = recipes.news_frames()
    assert rows.columns == list(recipes.COLUMNS)
    assert rows.height == (
        news.height
        + mix.gerntsa * sets_module.gerntsa_part("train").height
        + mix.domain * domain.sentences("train").height
        + domain.further_sentences([1]).height
        + readings().height
    )
    assert not dev.keys() - recipes.dev_frames().keys()


@pytest.mark.data
@pytest.mark.parametrize("name", recipes.CYCLES)
def test_no_cycle_reads_a_dev_part(
    name: str, data_folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    seen = set(recipes.mixed(recipes.CYCLES[name].mix)["text"])
    for part in ("gerntsa_dev", "domain_dev", "rusentne_dev"):
        assert seen.isdisjoint(recipes.dev_frames()[part]["text"])


def test_a_run_that_was_stopped_keeps_to_its_plan() -> None:
    """The first cycle was planned for three epochs and stopped after one."""
    recipe = recipes.CYCLES["joint_1"].recipe
    assert (recipe.epochs, recipe.planned_epochs) == (1, 3)


def test_each_cycle_starts_from_files_that_earlier_ones_write() -> None:
    written: set[str] = set()
    for name, cycle in recipes.CYCLES.items():
        assert set(cycle.start) <= written
        assert sum(cycle.start.values()) == pytest.approx(1 if cycle.start else 0)
        written |= {f"{name}/epoch_{epoch}.pt" for epoch in range(cycle.recipe.epochs)}
    assert set(recipes.AVERAGED) <= written
    assert sum(recipes.AVERAGED.values()) == pytest.approx(1)


@pytest.mark.data
def test_russian_cycles_read_russian(data_folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(data_folder))
    assert set(recipes.mixed(recipes.CYCLES["russian_2"].mix)["lang"]) == {"ru"}
    first = recipes.mixed(recipes.CYCLES["russian_1"].mix)
    assert first.filter(pl.col("lang") != "ru").height == (
        domain.sentences("train").filter(pl.col("lang") != "ru").height
    )


def test_weights_are_averaged_by_their_parts(tmp_path: Any) -> None:
    for name, value in {"a.pt": 1.0, "b.pt": 5.0}.items():
        torch.save({"weight": torch.full((2,), value)}, tmp_path / name)
    parts = {tmp_path / "a.pt": 0.25, tmp_path / "b.pt": 0.75}
    assert average_weights(parts)["weight"].tolist() == [4.0, 4.0]
