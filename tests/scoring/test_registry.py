"""Scorers by name; nothing heavy is loaded before one is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from stancelib.errors import ArgumentError
from stancelib.scoring import load_scorer, register_scorer, registry, resolve_scorer


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_FACTORIES", dict(registry._FACTORIES))  # noqa: SLF001


def test_importing_the_room_loads_no_runtime(root_folder: Path) -> None:
    code = "import stancelib.scoring, sys, json; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root_folder, capture_output=True, text=True, check=True
    )
    assert {"onnxruntime", "transformers", "torch"} & set(json.loads(done.stdout)) == set()


def test_unknown_name_gives_the_known_ones_and_the_nearest() -> None:
    with pytest.raises(
        ArgumentError,
        match=r"unknown scorer 'clasifier'; known scorers: embedded, classifier, entailment\. "
        "Did you mean 'classifier'",
    ):
        load_scorer("clasifier")


@pytest.mark.parametrize("name", ["classifier", "entailment"])
def test_scorers_without_a_model_of_their_own_ask_for_one(name: str) -> None:
    with pytest.raises(ArgumentError, match=f"scorer '{name}' needs a model"):
        load_scorer(name)


def test_registered_factory_gets_model_and_options(cue_scorer: Any) -> None:
    calls = []

    def factory(model: object, **options: object) -> Any:
        calls.append((model, options))
        return cue_scorer

    register_scorer("cue", factory)
    assert load_scorer("cue", "somewhere", batch_size=3) is cue_scorer
    assert resolve_scorer("cue") is cue_scorer
    assert calls == [("somewhere", {"batch_size": 3}), (None, {})]


def test_registering_again_replaces(cue_scorer: Any) -> None:
    register_scorer("cue", lambda _model: None)  # type: ignore[arg-type,return-value]
    register_scorer("cue", lambda _model: cue_scorer)
    assert load_scorer("cue") is cue_scorer


@pytest.mark.parametrize("name", ["embedded", "classifier", "entailment"])
def test_built_in_names_are_taken(name: str, cue_scorer: Any) -> None:
    with pytest.raises(ArgumentError, match=f"'{name}' belongs to a built-in scorer"):
        register_scorer(name, lambda _model: cue_scorer)


def test_blank_name_is_refused(cue_scorer: Any) -> None:
    with pytest.raises(ArgumentError, match="must not be blank"):
        register_scorer(" ", lambda _model: cue_scorer)


def test_scorer_object_is_kept_and_anything_else_refused(cue_scorer: Any) -> None:
    assert resolve_scorer(cue_scorer) is cue_scorer
    with pytest.raises(ArgumentError, match=r"scorer=3\.5 is neither a name nor an object"):
        resolve_scorer(3.5)  # type: ignore[arg-type]
