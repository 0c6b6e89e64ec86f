"""Scorers by name. Each is imported when it is first asked for, so that this file stays light."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from stancelib.errors import ArgumentError
from stancelib.scoring.protocol import Scorer

ScorerFactory = Callable[..., Scorer]


def _embedded(model: str | Path | None, **options: Any) -> Scorer:
    from stancelib.scoring.embedded import EmbeddedScorer  # noqa: PLC0415  (loads onnxruntime)

    return EmbeddedScorer(None if model is None else Path(model), **options)


def _classifier(model: str | Path | None, **options: Any) -> Scorer:
    folder = _needed("classifier", model)
    from stancelib.scoring.classifier import ClassifierScorer  # noqa: PLC0415  (loads torch)

    return ClassifierScorer(folder, **options)


def _entailment(model: str | Path | None, **options: Any) -> Scorer:
    folder = _needed("entailment", model)
    from stancelib.scoring.entailment import EntailmentScorer  # noqa: PLC0415  (loads torch)

    return EntailmentScorer(folder, **options)


def _needed(name: str, model: str | Path | None) -> str | Path:
    if model is None:
        raise ArgumentError(
            f"scorer {name!r} needs a model: pass model= with the folder of a saved transformers "
            "model or its id on the Hugging Face hub"
        )
    return model


_FACTORIES: dict[str, ScorerFactory] = {
    "embedded": _embedded,
    "classifier": _classifier,
    "entailment": _entailment,
}
_BUILT_IN = frozenset(_FACTORIES)


def load_scorer(name: str, model: str | Path | None = None, **options: Any) -> Scorer:
    """Load a scorer by its name.

    Parameters
    ----------
    name : str
        ``"embedded"`` (ships inside the package), ``"classifier"``, ``"entailment"``, or a name
        given to `register_scorer`.
    model : str or pathlib.Path, optional
        A folder or file with a model, or an id on the Hugging Face hub. Null: the scorer's own,
        which only ``"embedded"`` has. A path that exists never touches the network.
    **options
        Passed to the scorer; see `EmbeddedScorer`, `ClassifierScorer`, `EntailmentScorer`.

    Returns
    -------
    Scorer
        With a ``name`` and a method ``score(frame) -> frame``.

    Raises
    ------
    ArgumentError
        If no scorer has the name, or the scorer needs a model and got none.
    EnvironmentProblem
        If the scorer needs a package that is not installed, or the model cannot be read.

    Examples
    --------
    >>> load_scorer("embeded")
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: unknown scorer 'embeded'; known scorers: embedded, classifier,
    entailment. Did you mean 'embedded'?
    """
    if name not in _FACTORIES:
        raise ArgumentError.unknown("scorer", name, _FACTORIES)
    return _FACTORIES[name](model, **options)


def register_scorer(name: str, factory: ScorerFactory) -> None:
    """Give a scorer of your own a name that `load_scorer` and ``scorer=`` understand.

    Parameters
    ----------
    name : str
        Registering a name again replaces the earlier factory; the built-in names are taken.
    factory : callable
        Called as ``factory(model, **options)``; returns a `Scorer`.

    Raises
    ------
    ArgumentError
        If the name is empty or belongs to a built-in scorer.

    Examples
    --------
    >>> register_scorer("embedded", lambda model: model)
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: the name 'embedded' belongs to a built-in scorer; take another
    """
    if not name.strip():
        raise ArgumentError(f"the name of a scorer must not be blank; got {name!r}")
    if name in _BUILT_IN:
        raise ArgumentError(f"the name {name!r} belongs to a built-in scorer; take another")
    _FACTORIES[name] = factory


def resolve_scorer(scorer: str | Scorer) -> Scorer:
    """Turn what a caller passed as ``scorer=`` into a scorer: load a name, keep an object.

    Parameters
    ----------
    scorer : str or Scorer
        A name known to `load_scorer`, or an object with ``name`` and ``score``.

    Raises
    ------
    ArgumentError
        If it is neither.

    Examples
    --------
    >>> resolve_scorer(7)
    Traceback (most recent call last):
    ...
    stancelib.errors.ArgumentError: scorer=7 is neither a name nor an object with `name` and `score`
    """
    if isinstance(scorer, str):
        return load_scorer(scorer)
    if isinstance(scorer, Scorer):
        return scorer
    raise ArgumentError(
        f"scorer={scorer!r} is neither a name nor an object with `name` and `score`"
    )
