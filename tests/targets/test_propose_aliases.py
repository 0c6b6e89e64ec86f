"""Inflected forms proposed from texts, accepted, and written out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.targets import Exclusion
from stancelib.targets.inflection import inflected_forms, inflection_rules

GEORGIA = sl.Target(name="Georgia", aliases=(sl.Alias(form="Georgia"), sl.Alias(form="Грузия")))
WAGNER = sl.Target(
    name="Wagner", aliases=(sl.Alias(form="Wagner"), sl.Alias(form="Вагнер", kind="institution"))
)
BELARUS = sl.Target(name="Belarus", aliases=(sl.Alias(form="Білорусь"), sl.Alias(form="Беларусь")))


def _forms(proposed: pl.DataFrame) -> dict[str, int]:
    return dict(proposed.select("form", "n").rows())


def test_cases_of_georgia_in_russian_texts() -> None:
    texts = [
        "Грузия открыла границу, и в Грузии этому рады.",
        "С Грузией спорят давно, но ГРУЗИЮ никто не спросил.",
        "Поезд грузов застрял, грузчики курят.",
        "В Грузии снова снег.",
    ]
    proposed = sl.propose_aliases(GEORGIA, texts, "ru")
    assert _forms(proposed) == {"Грузии": 2, "Грузией": 1, "Грузию": 1}
    first = proposed.row(0, named=True)
    assert (first["kind"], first["language"], first["case"], first["alias"]) == (
        "name",
        "ru",
        "ignore",
        "Грузия",
    )
    assert first["examples"] == [texts[3], texts[0]]


def test_wagner_in_polish_german_and_russian() -> None:
    frame = pl.DataFrame(
        {
            "text": [
                "Najemnicy Wagnera wrócili, rozmawiano o Wagnerze i z Wagnerem.",
                "Die Söldner Wagners zogen ab, Wagner schwieg.",
                "«Вагнера» распустили, о «Вагнере» забыли.",
                "Opery Wagnera grano w Bayreuth.",
            ],
            "lang": ["pl", "de", "ru", "pl"],
        }
    )
    proposed = sl.propose_aliases(WAGNER, frame)
    assert proposed.select("language", "form", "n").rows() == [
        ("pl", "Wagnera", 2),
        ("de", "Wagners", 1),
        ("pl", "Wagnerem", 1),
        ("pl", "Wagnerze", 1),
        ("ru", "Вагнера", 1),
        ("ru", "Вагнере", 1),
    ]
    assert proposed.filter(language="ru")["kind"].unique().to_list() == ["institution"]
    only = sl.propose_aliases(WAGNER, frame, "de")
    assert only["form"].to_list() == ["Wagners"]


def test_belarus_in_ukrainian() -> None:
    texts = ["З Білоруссю торгують.", "У Білорусі тихо.", "Білоруси їдуть додому."]
    assert _forms(sl.propose_aliases(BELARUS, texts, "uk")) == {"Білорусі": 1, "Білоруссю": 1}


def test_a_word_of_the_language_is_told_apart_by_its_capital() -> None:
    riga = sl.Target(name="Riga", aliases=(sl.Alias(form="Рига"),))
    texts = [
        "Из Риги пришёл поезд.",
        "Старые риги сгорели, и риги отстроили.",
        "Ригу видно с моря.",
    ]
    proposed = sl.propose_aliases(riga, texts, "ru")
    assert proposed.select("form", "case", "n", "n_lower_case").rows() == [
        ("Риги", "upper", 1, 2),
        ("Ригу", "ignore", 1, 0),
    ]


def test_a_lower_case_alias_proposes_lower_case_words() -> None:
    adjective = sl.Target(name="G", aliases=(sl.Alias(form="грузинский", kind="demonym"),))
    proposed = sl.propose_aliases(adjective, ["грузинского вина, грузинские горы"], "ru")
    assert _forms(proposed) == {"грузинские": 1, "грузинского": 1}


def test_what_the_target_knows_is_not_proposed() -> None:
    target = sl.Target(
        name="Georgia",
        aliases=(sl.Alias(form="Грузия"), sl.Alias(form="Грузии", language="ru")),
    )
    assert sl.propose_aliases(target, ["В Грузии снег."], "ru").is_empty()
    assert sl.propose_aliases(target, [], "ru").is_empty()
    assert sl.propose_aliases(GEORGIA, ["Georgia votes."], "en").is_empty()


def test_exclusions_hold_for_proposals() -> None:
    target = WAGNER.model_copy(update={"exclusions": (Exclusion(phrase="Opery Wagnera"),)})
    proposed = sl.propose_aliases(target, ["Opery Wagnera grano.", "Ludzie Wagnera."], "pl")
    assert _forms(proposed) == {"Wagnera": 1}


def test_least_and_examples() -> None:
    texts = ["В Грузии снег.", "В Грузии дождь идёт.", "Грузию видно."]
    proposed = sl.propose_aliases(GEORGIA, texts, "ru", least=2, examples=1)
    assert proposed.select("form", "examples").rows() == [("Грузии", ["В Грузии снег."])]


def test_a_store_gives_its_sentences() -> None:
    article = pl.DataFrame(
        {
            "doc_id": ["a"],
            "source": ["Газета"],
            "published_at": [dt.datetime(2024, 5, 1, tzinfo=dt.UTC)],
            "text": ["Выборы в Грузии прошли. Погода хорошая."],
            "lang": ["ru"],
        }
    )
    with sl.open_store(":memory:") as store:
        store.add_documents(article, progress=False)
        proposed = sl.propose_aliases(GEORGIA, store)
        assert proposed["examples"].to_list() == [["Выборы в Грузии прошли."]]
        accepted = GEORGIA.with_aliases(proposed)
        assert int(store.find_mentions({"Georgia": accepted}, progress=False)) == 1


def test_accepted_forms_are_found_and_written_out(tmp_path: Path) -> None:
    texts = ["В Грузии снег.", "Грузию видно."]
    proposed = sl.propose_aliases(GEORGIA, texts, "ru")
    accepted = GEORGIA.with_aliases(proposed.filter(pl.col("form") == "Грузии"), "Сакартвело")
    assert [alias.form for alias in accepted.aliases] == [
        "Georgia",
        "Грузия",
        "Грузии",
        "Сакартвело",
    ]
    path = tmp_path / "georgia.toml"
    path.write_text(accepted.to_toml(), "utf-8")
    again = sl.load_targets(path)["Georgia"]
    assert set(again.aliases) == set(accepted.aliases)


@pytest.mark.parametrize("name", list(sl.TARGETS))
def test_every_target_that_ships_survives_being_written(name: str, tmp_path: Path) -> None:
    path = tmp_path / "target.toml"
    path.write_text(sl.TARGETS[name].to_toml(), "utf-8")
    (again,) = sl.load_targets(path).values()
    assert set(again.aliases) == set(sl.TARGETS[name].aliases)
    assert set(again.exclusions) == set(sl.TARGETS[name].exclusions)
    assert again.description == sl.TARGETS[name].description


def test_awkward_texts_survive_being_written(tmp_path: Path) -> None:
    target = sl.Target(
        name='The "X" \\ Club\x7f',
        aliases=(sl.Alias(form='"Икс"', language="ru", case="lower", short_form=True),),
        description="Two\nlines.",
    )
    path = tmp_path / "target.toml"
    path.write_text(target.to_toml(), "utf-8")
    assert sl.load_targets(path) == {target.name: target}


def test_with_aliases_adds_nothing_twice() -> None:
    assert GEORGIA.with_aliases("Georgia", sl.Alias(form="Грузия")) == GEORGIA
    with pytest.raises(DataError, match="column 'kind' is missing"):
        GEORGIA.with_aliases(pl.DataFrame({"form": ["Грузии"]}))


@pytest.mark.parametrize(
    ("word", "lang", "expected"),
    [
        ("Молдова", "ru", {"Молдовы", "Молдове", "Молдову", "Молдовой"}),
        ("Казахстан", "ru", {"Казахстана", "Казахстану", "Казахстаном", "Казахстане"}),
        ("Литва", "uk", {"Литви", "Литві", "Литву", "Литвою"}),
        ("Америка", "uk", {"Америки", "Америці", "Америку", "Америкою"}),
        ("Gruzja", "pl", {"Gruzji", "Gruzję", "Gruzją"}),
        ("Praga", "pl", {"Pragi", "Pradze", "Pragę", "Pragą"}),
        ("Gruzie", "cs", {"Gruzii", "Gruzií"}),
        ("Bělorusko", "cs", {"Běloruska", "Bělorusku", "Běloruskem"}),
        ("грузински", "bg", {"грузинския", "грузинският", "грузинска", "грузинската"}),
        ("georgisch", "de", {"georgische", "georgischen", "georgischer", "georgischem"}),
        ("Georgia", "ro", {"Georgiei"}),
        ("georgiano", "es", {"georgiana", "georgianos", "georgianas"}),
    ],
)
def test_rules_give_the_forms_of_a_grammar(word: str, lang: str, expected: set[str]) -> None:
    assert expected <= set(inflected_forms(word, lang))


def test_a_short_word_or_a_foreign_language_gives_nothing() -> None:
    assert inflected_forms("ФРГ", "xx") == []
    assert inflected_forms("Шуя", "ru") == []
    assert set(inflection_rules()) == {
        *["ru", "uk", "bg", "pl", "cs", "de", "ro", "en", "fr", "es", "pt", "it"]
    }


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(ArgumentError, match="lang is missing; name the language"):
        sl.propose_aliases(GEORGIA, ["Грузия"])
    with pytest.raises(ArgumentError, match="unknown lang 'rus'"):
        sl.propose_aliases(GEORGIA, ["Грузия"], "rus")
    with pytest.raises(ArgumentError, match="texts is one string"):
        sl.propose_aliases(GEORGIA, "Грузия", "ru")
    with pytest.raises(DataError, match="column 'lang' is missing"):
        sl.propose_aliases(GEORGIA, pl.DataFrame({"text": ["Грузия"]}), "ru")
