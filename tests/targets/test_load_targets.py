from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from pydantic import ValidationError

import stancelib as sl
from stancelib.errors import DataError, EnvironmentProblem
from stancelib.targets import Alias, Exclusion


def _write(folder: Path, text: str) -> Path:
    path = folder / "targets.toml"
    path.write_text(text, "utf-8")
    return path


def _found(targets: dict[str, sl.Target], text: str, lang: str = "en") -> list[str]:
    sentences = pl.DataFrame(
        {"sentence_id": ["a#0"], "doc_id": ["a"], "text": [text], "lang": [lang]}
    )
    return [text[start:end] for _, _, start, end, *_ in sl.find_mentions(sentences, targets).rows()]


def test_a_name_and_a_list_are_enough(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        '[[targets]]\nname = "Moldova"\n'
        'aliases = ["Moldova", "Молдова"]\nexclusions = ["Moldova Noua"]\n'
        '[[targets]]\nname = "Sweden"\naliases = ["Sweden"]\n',
    )
    targets = sl.load_targets(path)
    assert list(targets) == ["Moldova", "Sweden"]
    text = "MOLDOVA, Sweden, Moldova Noua"
    assert _found(targets, text, "de") == ["MOLDOVA", "Sweden"]
    assert _found({**sl.TARGETS, **targets}, "NATO in Moldova", "xx") == ["NATO", "Moldova"]


def test_the_full_form(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
name = "Georgia"
description = "The country."
[aliases.en]
capital = ["Tbilisi"]
case_sensitive = { name = ["Georgia"] }
lower_case = { demonym = ["georgian"] }
short_form = { name = ["the [republic]"] }
[exclusions]
en = ["Georgia Tech"]
[case_sensitive_exclusions]
en = ["Atlanta, Georgia"]
""",
    )
    targets = sl.load_targets(path)
    assert targets["Georgia"].description == "The country."
    assert _found(targets, "Georgia, georgia, Georgian, georgian; the republic") == [
        "Georgia",
        "georgian",
        "republic",
    ]
    assert _found(targets, "georgia tech, Georgia Tech and the republic") == []
    assert _found(targets, "Atlanta, Georgia or ATLANTA, GEORGIA") == ["GEORGIA"]
    assert _found(targets, "Tbilisi", "fr") == []


def test_a_target_that_ships_is_extended(tmp_path: Path) -> None:
    path = _write(tmp_path, 'extends = "NATO"\naliases = ["Atlantic club"]\n')
    targets = sl.load_targets(path)
    assert _found(targets, "NATO is the Atlantic club") == ["NATO", "Atlantic club"]
    assert set(sl.TARGETS["NATO"].exclusions) <= set(targets["NATO"].exclusions)
    renamed = sl.load_targets(
        _write(tmp_path, 'name = "West"\nextends = "NATO"\naliases = ["the West"]\n')
    )
    assert list(renamed) == ["West"]


def test_all_errors_are_reported_with_their_place(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
[[targets]]
name = ""
aliases = ["Moldova", " Moldova", "—", 7, "a [b] [c]"]
[[targets]]
name = "Sweden"
alias = ["Sweden"]
[[targets]]
name = "Georgia"
[targets.aliases.english]
name = ["Georgia"]
[targets.aliases.en]
nmae = ["Georgia"]
[[targets]]
aliases = ["Nameless"]
[[targets]]
name = "Chad"
aliases = ["Chad", "Chad"]
""",
    )
    with pytest.raises(DataError) as caught:
        sl.load_targets(path)
    message = str(caught.value)
    assert "targets.toml has 10 errors" in message
    for line in (
        "targets[0].name: String should have at least 1 character",
        "targets[0].aliases.international.name[1]: ' Moldova' must hold a letter or digit",
        "targets[0].aliases.international.name[2]: '—' must hold",
        "targets[0].aliases.international.name[3]: Input should be a valid string",
        "targets[0].aliases.international.name[4]: 'a [b] [c]' may hold one pair",
        "targets[1].alias: unknown key",
        "targets[2].aliases.english: 'english' is neither a language code",
        "targets[2].aliases.en.nmae: unknown key",
        "targets[3]: a target needs a name",
        "targets[4]: forms that are listed twice: 'Chad' (international)",
    ):
        assert f"- {line}" in message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name = ", "is not TOML in UTF-8: Invalid value"),
        ('extends = "Nato"', "unknown target 'Nato'.*Did you mean 'NATO'"),
        ('name = "Sweden"', "a target needs aliases"),
        (
            '[[targets]]\nname = "A"\naliases = ["a"]\n[[targets]]\nname = "A"\naliases = ["b"]',
            "describes the target 'A' twice",
        ),
        ("targets = []", "targets: Tuple should have at least 1 item"),
        ('targets = []\nname = "A"', "name: unknown key"),
    ],
)
def test_a_file_that_describes_no_targets(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        sl.load_targets(_write(tmp_path, text))


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "targets.toml"
    path.write_bytes(b'name = "\xff"')
    with pytest.raises(DataError, match="not TOML in UTF-8"):
        sl.load_targets(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"cannot read targets from .*absent\.toml"):
        sl.load_targets(tmp_path / "absent.toml")


def test_models_are_frozen_and_closed() -> None:
    alias = Alias(form="Moldova")
    with pytest.raises(ValidationError, match="frozen"):
        alias.form = "Chad"  # type: ignore[misc]  # what is tested
    with pytest.raises(ValidationError, match="Extra inputs"):
        Alias.model_validate({"form": "Moldova", "lang": "en"})
    with pytest.raises(ValidationError, match="at least 1 item"):
        sl.Target(name="Moldova", aliases=())
    with pytest.raises(ValidationError, match="letter or digit"):
        Exclusion(phrase="...")


def test_shipped_targets_cannot_be_changed() -> None:
    assert list(sl.TARGETS) == ["NATO", "Russia", "Ukraine"]
    with pytest.raises(TypeError):
        sl.TARGETS["Moldova"] = sl.TARGETS["NATO"]  # type: ignore[index]  # what is tested


def test_the_least_form_without_a_table_head(tmp_path: Path) -> None:
    path = _write(tmp_path, 'name = "Georgia"\naliases = ["Georgia", "Грузия"]\n')
    assert _found(sl.load_targets(path), "Грузия и Georgia", "ru") == ["Грузия", "Georgia"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            'name = "G"\naliases = "Georgia"',
            r"aliases: write a list, even of one form: \['Geo",
        ),
        ('name = "G"\naliases = []', "a target needs aliases: a list of forms, or tables"),
        ('name = "G"', "a target needs aliases: a list of forms, or tables"),
        ('aliases = ["Georgia"]', "a target needs a name"),
        ('name = "G"\naliases = ["Georgia", 7]', r"aliases.international.name\[1\]: "),
    ],
)
def test_what_is_wrong_with_the_least_form_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        sl.load_targets(_write(tmp_path, text))
