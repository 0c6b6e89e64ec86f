from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.schemas import Mentions
from stancelib.targets import Alias, alias_counts
from stancelib.targets.fold import fold
from stancelib.targets.matcher import Hit, leftmost_longest

LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "pl", "ru", "uk", "bg", "cs", "ro")
_FORMS = [alias.parts[1] for target in sl.TARGETS.values() for alias in target.aliases]
_NAMED = {fold(form).text for form in _FORMS}
_PIECES = st.sampled_from(
    [
        *_FORMS[::40],
        "😀",
        "❤️",
        "ẞ",
        "İ",
        "\u0301",
        "\u00ad",
        "l’",
        "anti-",
        "-",
        " ",
        ". ",
        "the ",
        "é",
    ]
)


def _sentences(*texts: str, lang: str = "en", doc_id: str = "a") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sentence_id": [f"{doc_id}#{place}" for place in range(len(texts))],
            "doc_id": [doc_id] * len(texts),
            "text": list(texts),
            "lang": [lang] * len(texts),
        },
        schema=dict.fromkeys(["sentence_id", "doc_id", "text", "lang"], pl.String),
    )


def test_the_frame_satisfies_the_schema() -> None:
    mentions = sl.find_mentions(_sentences("NATO warned Moscow.", "Nobody.", "Kyiv and Kyiv."))
    Mentions.validate(mentions)
    assert mentions["sentence_id"].to_list() == ["a#0", "a#0", "a#2", "a#2"]
    Mentions.validate(sl.find_mentions(_sentences()))


@given(st.lists(_PIECES, min_size=1, max_size=8).map("".join), st.sampled_from(LANGUAGES))
def test_offsets_slice_back_to_a_form(text: str, lang: str) -> None:
    end_before = 0
    for _, _, start, end, alias, _ in sl.find_mentions(_sentences(text, lang=lang)).rows():
        assert end_before <= start < end <= len(text)
        assert fold(text[start:end]).text in _NAMED
        assert fold(text[start:end]).text in fold(alias).text
        end_before = end


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_name_between_spaces_is_found_whatever_stands_around(before: str, after: str) -> None:
    text = f"{before} ; NATO ; {after}"
    assert "NATO" in sl.find_mentions(_sentences(text))["target"]


@given(st.lists(_PIECES, min_size=1, max_size=8).map("".join), st.sampled_from(LANGUAGES))
def test_kinds_choose_among_what_is_found(text: str, lang: str) -> None:
    sentences = _sentences(text, lang=lang)
    everything = sl.find_mentions(sentences)
    parts = [sl.find_mentions(sentences, kinds=[kind]) for kind in everything["kind"].unique()]
    assert sum(map(len, parts)) == len(everything)


def test_kinds_leave_out_persons() -> None:
    sentences = _sentences("Putin called the Kremlin from Moscow.")
    kept = sl.find_mentions(sentences, kinds=["name", "capital", "institution"])
    assert kept["alias"].to_list() == ["Kremlin", "Moscow"]
    assert sl.find_mentions(sentences, kinds="person")["alias"].to_list() == ["Putin"]


def test_each_language_has_its_own_forms() -> None:
    frame = pl.concat(
        [
            _sentences("Mosca tace.", lang="it", doc_id="i"),
            _sentences("Mosca tace.", lang="es", doc_id="e"),
            _sentences("Росія та Россия", lang="uk", doc_id="u"),
        ]
    )
    assert sl.find_mentions(frame).select("sentence_id", "alias").rows() == [
        ("i#0", "Mosca"),
        ("u#0", "Росія"),
        ("u#0", "Россия"),
    ]


def test_short_forms_hang_on_the_document_not_on_the_order() -> None:
    frame = pl.concat(
        [
            _sentences("The alliance met.", "NATO stayed.", doc_id="a"),
            _sentences("The alliance met.", doc_id="b"),
        ]
    )
    mentions = sl.find_mentions(frame)
    assert mentions.select("sentence_id", "start", "end").rows() == [("a#0", 4, 12), ("a#1", 0, 4)]


def test_targets_are_chosen_by_name_or_as_a_mapping() -> None:
    sentences = _sentences("NATO, Russia and Moldova.")
    moldova = sl.Target(name="Moldova", aliases=(Alias(form="Moldova"),))
    assert sl.find_mentions(sentences, ["Russia"])["target"].to_list() == ["Russia"]
    assert sl.find_mentions(sentences, "NATO")["target"].to_list() == ["NATO"]
    assert sl.find_mentions(sentences, {"Moldova": moldova})["target"].to_list() == ["Moldova"]
    both = sl.find_mentions(sentences, {**sl.TARGETS, "Moldova": moldova})
    assert both["target"].to_list() == ["NATO", "Russia", "Moldova"]


def test_a_place_belongs_to_one_target() -> None:
    council = sl.Target(name="Council", aliases=(Alias(form="NATO-Russia Council"),))
    mentions = sl.find_mentions(
        _sentences("The NATO-Russia Council met; Russia left."), {**sl.TARGETS, "Council": council}
    )
    assert mentions.select("target", "start", "end").rows() == [
        ("Council", 4, 23),
        ("Russia", 29, 35),
    ]


def test_leftmost_longest() -> None:
    def hit(start: int, end: int) -> Hit:
        return Hit(start, end, "T", "t", "name", short_form=False)

    assert leftmost_longest([hit(4, 9), hit(0, 5), hit(0, 3), hit(5, 6)]) == [hit(0, 5), hit(5, 6)]
    assert leftmost_longest([]) == []


def test_one_form_of_two_targets_is_refused() -> None:
    person = sl.Target(name="Putin", aliases=(Alias(form="Putin", kind="person"),))
    with pytest.raises(ArgumentError, match="'Putin' belongs to both 'Russia' and 'Putin'"):
        sl.find_mentions(_sentences("x"), {**sl.TARGETS, "Putin": person})
    state = sl.TARGETS["Russia"].without_kinds("person")
    mentions = sl.find_mentions(_sentences("Putin, Moscow"), {"Russia": state, "Putin": person})
    assert mentions["target"].to_list() == ["Putin", "Russia"]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"unknown target 'Nato'.*Did you mean 'NATO'"):
        sl.find_mentions(_sentences("x"), ["Nato"])
    with pytest.raises(ArgumentError, match="unknown kind 'people'; known kinds: name"):
        sl.find_mentions(_sentences("x"), kinds=["people"])
    with pytest.raises(ArgumentError, match="unknown kind 'people'"):
        sl.TARGETS["NATO"].without_kinds("people")
    with pytest.raises(ArgumentError, match="targets is empty"):
        sl.find_mentions(_sentences("x"), [])
    with pytest.raises(ArgumentError, match="kinds is empty"):
        sl.find_mentions(_sentences("x"), kinds=[])
    with pytest.raises(ArgumentError, match="key it by its name"):
        sl.find_mentions(_sentences("x"), {"Nato": sl.TARGETS["NATO"]})
    only_persons = sl.Target(name="P", aliases=(Alias(form="P", kind="person"),))
    with pytest.raises(ArgumentError, match="'P' has no alias but those of person"):
        only_persons.without_kinds("person")


def test_bad_sentences_are_refused() -> None:
    with pytest.raises(DataError, match="column 'doc_id' is missing"):
        sl.find_mentions(_sentences("x").drop("doc_id"))
    with pytest.raises(DataError, match="column 'lang' of the sentences has 1 nulls"):
        sl.find_mentions(_sentences("x").with_columns(lang=pl.lit(None, pl.String)))


def test_alias_counts_add_up() -> None:
    mentions = sl.find_mentions(_sentences("NATO, NATO, Moscow and Kyiv.", "Kyiv and Kyiv"))
    counts = alias_counts(mentions)
    assert counts.select("alias", "n").rows() == [("Kyiv", 3), ("NATO", 2), ("Moscow", 1)]
    with pytest.raises(DataError, match="column 'kind' is missing"):
        alias_counts(mentions.drop("kind"))
