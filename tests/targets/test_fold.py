from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stancelib.targets.fold import _fold_clusters, fold

AWKWARD = st.text(
    st.sampled_from(
        "NATO ẞßİıŞşţёЁйЇїé’ʼ'«»„-–\u2011\u00a0\u00ad\u200b\u0301\u0308\u0306\ufe0f❤🇺🇦😀\t\n"
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L’OTAN", "l'otan"),
        ("«НАТО»", '"нато"'),
        ("NATO\u2011Russia\u2013Ukraine", "nato-russia-ukraine"),
        ("GROẞ", "gross"),
        ("İ", "i\u0307"),
        ("Ёлка", "елка"),
        ("Е\u0308лка", "елка"),
        ("Росси\u0301я", "россия"),
        ("Ки\u0456\u0308в", "київ"),
        ("Ruşii şi Ţările", "rușii și țările"),
        ("Rus\u0326ii", "rușii"),
        ("NA\u00adTO\u200b!", "nato!"),
        ("a \n\t b\u00a0\u2009c", "a b c"),
        ("❤\ufe0fNATO", "❤nato"),
        ("\u0301NATO", "nato"),
        ("", ""),
    ],
)
def test_what_folds_to_what(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(AWKWARD | st.text(max_size=30))
def test_offsets_cover_the_original_in_order(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)


@given(AWKWARD | st.text(max_size=30))
def test_the_fast_way_equals_the_slow_one(text: str) -> None:
    fast, slow = fold(text), _fold_clusters(text)
    assert (fast.text, list(fast.starts), list(fast.ends)) == (slow.text, slow.starts, slow.ends)


@given(AWKWARD)
def test_folding_forgets_the_normal_form(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert fold(unicodedata.normalize("NFD", composed)).text == fold(composed).text


@given(AWKWARD | st.text(max_size=30))
@example("\x1b\uf900")
@example("\x1b\u212b")
def test_each_folded_character_comes_from_its_place(text: str) -> None:
    folded = fold(text)
    for start, end in zip(folded.starts, folded.ends, strict=True):
        assert fold(text[start:end]).text in folded.text
