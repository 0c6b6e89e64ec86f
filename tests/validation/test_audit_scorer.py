"""`audit_scorer`: a scorer that knows passes, one that errs in one way fails that audit alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

import stancelib as sl
from stancelib.errors import ArgumentError, DataError
from stancelib.scoring import attach_scores
from stancelib.validation.audit_core import EXPECTATIONS
from stancelib.validation.audit_names import names_by_language
from stancelib.validation.audit_readings import TARGETS, pairs_of_audit, written_items

LANGUAGES = sorted(names_by_language())
Key = tuple[str, int]
Judge = Callable[[dict[str, object]], float]


class Fake:
    """A scorer made of a function of one row."""

    name = "fake@000000000000"

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.n_rows = 0

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        stance = np.array([self.judge(row) for row in frame.iter_rows(named=True)], dtype=float)
        rows = np.column_stack([(1 - stance) / 2, np.zeros_like(stance), (1 + stance) / 2])
        self.n_rows += frame.height
        return attach_scores(frame, rows, np.zeros(frame.height, dtype=bool))


def constant(value: float) -> Fake:
    return Fake(lambda _row: value)


def known_stances() -> dict[str, dict[Key, float]]:
    """What the author of the items meant, by audit, text and place of the mention."""
    worth = {"against": -0.8, "neutral": 0.0, "favor": 0.8}
    labels = {
        (lang, row["id"]): [worth[row[key]] for key in ("label", "label_b") if key in row]
        for lang in LANGUAGES
        for row in written_items(lang)
    }
    found: dict[str, dict[Key, float]] = {}
    for audit in EXPECTATIONS:
        known = found.setdefault(audit, {})
        for pair in pairs_of_audit(audit, LANGUAGES).iter_rows(named=True):
            meant = {"role": [-0.8, 0.8], "name_prior": [0.0]}.get(audit)
            meant = meant or labels[pair["lang"], pair["item"]]
            known[pair["text_a"], pair["start_a"]] = meant[0]
            if pair["text_b"] is not None:
                known[pair["text_b"], pair["start_b"]] = meant[-1]
    return found


MEANT = known_stances()
ORACLE = {key: value for known in MEANT.values() for key, value in known.items()}


def truth(row: dict[str, object]) -> float:
    return ORACLE[row["text"], row["start"]]


def failed(audit: sl.Audit) -> dict[str, int]:
    rows = audit.table.filter(lang="all")
    return dict(zip(rows["audit"], rows["n_failed"], strict=True))


def test_who_knows_passes_everything() -> None:
    audit = sl.audit_scorer(Fake(truth))
    assert failed(audit) == dict.fromkeys(EXPECTATIONS, 0)
    assert audit.failures.is_empty()
    assert audit.unusable.is_empty()
    assert audit.table["low"].max() == 0.0
    sizes = dict(audit.table.filter(lang="all").select("audit", "n").rows())
    assert sizes == {
        "target_swap": 144,
        "masking": 144,
        "name_prior": 180,
        "negation": 144,
        "quote": 144,
        "mood": 144,
        "translation": 324,
        "role": 96,
    }


def loves_nato(row: dict[str, object]) -> float:
    return min(truth(row) + 0.3 * (row["target"] == "NATO"), 1.0)


def fears_placeholders(row: dict[str, object]) -> float:
    return truth(row) - 0.25 * (row["target"] not in TARGETS) * (truth(row) > -0.1)


def likes_kenya(row: dict[str, object]) -> float:
    return truth(row) + 0.06 * (row["target"] in {"Kenya", "Kenia", "Keňa", "Кения", "Кенія"})


def misses_negation(row: dict[str, object]) -> float:
    second = row["text"] in SECOND_OF["negation"]
    return truth(row) * (-0.9 if second else 1)


def weak_in_own_voice(row: dict[str, object]) -> float:
    return truth(row) * (0.5 if row["text"] in SECOND_OF["quote"] else 1)


def reads_mood(row: dict[str, object]) -> float:
    return -0.7 if (row["text"], row["start"]) in MEANT["mood"] else truth(row)


def weak_in_german(row: dict[str, object]) -> float:
    translated = (row["text"], row["start"]) in MEANT["translation"]
    return truth(row) * (0.5 if translated and row["lang"] == "de" else 1)


def reads_the_sentence_alone(row: dict[str, object]) -> float:
    return -0.5 if (row["text"], row["start"]) in MEANT["role"] else truth(row)


SECOND_OF = {
    audit: set(pairs_of_audit(audit, LANGUAGES)["text_b"]) for audit in ("negation", "quote")
}
ERRING = [
    # Every frame but the four in favor, where 0.8 + 0.3 is cut to 1 (a shift of 0.2).
    (loves_nato, {"target_swap": 96, "masking": 96, "name_prior": 12}),
    # 6 of 12 frames are neutral or in favor; names that are no target move with the placeholder.
    (fears_placeholders, {"masking": 72, "name_prior": 36}),
    (likes_kenya, {"name_prior": 11}),
    (misses_negation, {"negation": 144}),
    (weak_in_own_voice, {"quote": 144}),
    (reads_mood, {"mood": 144}),
    (weak_in_german, {"translation": 18}),
    (reads_the_sentence_alone, {"role": 96}),
]


@pytest.mark.parametrize(
    ("judge", "expected"), ERRING, ids=lambda value: getattr(value, "__name__", "")
)
def test_who_errs_in_one_way_fails_the_audit_of_it(judge: Judge, expected: dict[str, int]) -> None:
    found = failed(sl.audit_scorer(Fake(judge)))
    assert {audit: n for audit, n in found.items() if n} == expected


def test_standing_still_is_no_flip_even_without_tolerance() -> None:
    found = failed(sl.audit_scorer(constant(0.5), tolerance=0.0, languages="fr"))
    assert found == dict.fromkeys(EXPECTATIONS, 0) | {"negation": 12, "quote": 8, "role": 8}
    found = failed(sl.audit_scorer(constant(0.0), tolerance=0.0, languages="fr"))
    assert found["quote"] == 12


def test_known_value_of_a_row() -> None:
    """Wilson's interval of 12 of 12 by hand: (1 + z²/24 - z²/24) / (1 + z²/12), z = 1.959964."""
    audit = sl.audit_scorer(constant(0.5), audits="negation", languages="uk")
    row = audit.table.filter(lang="uk").to_dicts()[0]
    assert (row["n"], row["n_failed"], row["failure_rate"]) == (12, 12, 1.0)
    assert row["low"] == pytest.approx(1 / (1 + 1.959964**2 / 12), abs=1e-6)
    assert row["high"] == pytest.approx(1.0)
    assert (row["mean_shift"], row["worst_shift"], row["tolerance"]) == (0.0, 0.0, 0.2)


def test_failures_show_both_sentences_the_worst_first() -> None:
    audit = sl.audit_scorer(Fake(weak_in_german), audits="translation")
    assert set(audit.failures["lang"]) == {"de"}
    assert audit.failures["shift"].abs().to_list() == pytest.approx([0.4] * 18)
    row = audit.failures.row(0, named=True)
    assert row["lang_b"] == "de"
    assert row["lang_a"] != "de"
    assert row["stance_b"] - row["stance_a"] == pytest.approx(row["shift"])
    assert row["expected"].startswith("the same sentence in another language")


def test_middle_of_a_translation_is_that_of_all_languages() -> None:
    alone = sl.audit_scorer(Fake(weak_in_german), audits="translation", languages="de")
    assert failed(alone) == {"translation": 18}
    assert alone.pairs.height == 27


def test_mood_has_one_sentence() -> None:
    audit = sl.audit_scorer(constant(-0.3), audits="mood", languages=["it"])
    assert audit.failures["sentence_b"].null_count() == 12
    assert audit.failures["shift"].to_list() == pytest.approx([-0.3] * 12)


def test_tolerance_by_audit() -> None:
    shifted = Fake(loves_nato)
    options = {"audits": ["target_swap", "masking"], "languages": "de"}
    some = sl.audit_scorer(shifted, tolerance={"masking": 0.31}, **options)
    assert failed(some) == {"target_swap": 8, "masking": 0}
    assert failed(sl.audit_scorer(shifted, tolerance=0.31, **options)) == {
        "target_swap": 0,
        "masking": 0,
    }


def test_each_reading_is_scored_once() -> None:
    fake = constant(0.0)
    sl.audit_scorer(fake, audits=["target_swap", "masking"], languages="en")
    assert fake.n_rows == 12 * 4


def test_same_call_same_result_and_order_of_names_does_not_matter() -> None:
    first = sl.audit_scorer(Fake(loves_nato), audits=["role", "masking"], languages=["uk", "bg"])
    again = sl.audit_scorer(Fake(loves_nato), audits=["masking", "role"], languages=["bg", "uk"])
    assert first.table.equals(again.table)
    assert first.failures.equals(again.failures)
    assert str(first) == str(again)


def test_text_and_json() -> None:
    audit = sl.audit_scorer(Fake(reads_mood), audits=["mood", "quote"], languages="en")
    shown = str(audit)
    assert "mood             12 of 12" in shown
    assert "NATO condemned the shelling of Kharkiv" in shown
    assert audit.sentence == (
        "Items that fake@000000000000 fails, with 95 % intervals (Wilson): quote 0 of 12 "
        "(0%, 0% to 24%); mood 12 of 12 (100%, 76% to 100%)."
    )
    assert json.loads(json.dumps(audit.to_dict()))["table"][0]["audit"] == "quote"


# ---- sentences of the caller ---- #


TEXTS = pl.DataFrame(
    [
        ("Russia broke its promise.", "en"),
        ("Russia attacked Ukraine and NATO looked on.", "en"),
        ("Всё решает план России.", "ru"),
        ("The weather was fine.", "en"),
        ("  ", "en"),
        ("Russia hier, Russia da.", "nl"),
        ("Russian troops left.", "en"),
        ("Ukraine told Kyiv to hurry.", "en"),
        (None, "de"),
    ],
    schema=["text", "lang"],
    orient="row",
)


def test_own_sentences() -> None:
    audit = sl.audit_scorer(constant(0.0), texts=TEXTS)
    swapped = audit.pairs.filter(audit="target_swap")
    assert swapped["sentence_b"].to_list() == [
        "NATO broke its promise.",
        "Ukraine broke its promise.",
    ]
    masked = dict(audit.pairs.filter(audit="masking").select("sentence_a", "sentence_b").rows())
    assert masked["Russia broke its promise."] == "The organisation broke its promise."
    assert masked["Всё решает план России."] == "Всё решает план этой организации."
    assert audit.pairs.filter(audit="masking").height == 1 + 3 + 1
    reasons = {
        (row, audit): reason
        for row, _, audit, reason in audit.unusable.unique(["row", "audit"]).rows()
    }
    assert reasons[1, "target_swap"] == "the sentence names the other targets, too"
    assert "genitive, dative or locative" in reasons[2, "target_swap"]
    assert reasons[3, None] == "the text names none of NATO, Russia, Ukraine"
    assert reasons[4, None] == reasons[8, None] == "the text is blank"
    assert reasons[5, None] == "language nl is not audited"
    assert reasons[6, "masking"] == "the mention is not a name alone"
    assert reasons[7, "masking"] == "the sentence names the target several times"
    assert set(audit.pairs["item"].str.extract(r"row (\d)").cast(int)) | set(
        audit.unusable["row"]
    ) == set(range(9))


def test_own_sentences_drawn_by_seed() -> None:
    texts = pl.DataFrame({"text": [f"Russia lost {n} games." for n in range(50)], "lang": "en"})
    drawn = [
        set(sl.audit_scorer(constant(0.0), texts=texts, n_texts=5, seed=seed).pairs["item"])
        for seed in (1, 1, 2)
    ]
    assert len(drawn[0]) == 5
    assert drawn[0] == drawn[1] != drawn[2]


def test_own_sentences_of_which_none_can_be_used() -> None:
    audit = sl.audit_scorer(constant(0.0), texts=TEXTS[3:6])
    assert audit.table.is_empty()
    assert audit.sentence == ("fake@000000000000 was not audited: no sentence could be used.")
    assert audit.unusable["row"].to_list() == [0, 1, 2]


# ---- refusals ---- #


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"audits": "negaton"}, "unknown audit 'negaton'.*Did you mean 'negation'"),
        ({"audits": []}, "no audit is given"),
        ({"languages": "jp"}, "unknown language 'jp'; known languages: bg, cs"),
        ({"tolerance": -0.1}, r"must lie in \[0, 2\]; got -0.1"),
        ({"tolerance": float("nan")}, "must lie in"),
        ({"tolerance": {"moods": 0.1}}, "unknown audit 'moods'"),
        ({"n_texts": 0}, "at least 1"),
        ({"texts": TEXTS, "audits": ["masking", "role"]}, "role needs pairs"),
    ],
)
def test_refusals(options: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        sl.audit_scorer(constant(0.0), **options)


def test_texts_need_their_columns() -> None:
    with pytest.raises(DataError, match="'lang' is missing"):
        sl.audit_scorer(constant(0.0), texts=pl.DataFrame({"text": ["a"]}))


def test_scorer_that_returns_nonsense_is_refused() -> None:
    class Shuffled(Fake):
        def score(self, frame: pl.DataFrame) -> pl.DataFrame:
            return super().score(frame).reverse()

    class Wild(Fake):
        def score(self, frame: pl.DataFrame) -> pl.DataFrame:
            return super().score(frame).with_columns(stance=pl.lit(1.5))

    for broken, message in ((Shuffled, "other rows"), (Wild, r"outside \[-1, 1\]")):
        with pytest.raises(DataError, match=message):
            sl.audit_scorer(broken(lambda _row: 0.0), languages="en", audits="mood")


def test_shipped_model_runs() -> None:
    """Its failures are findings; what must hold is that it runs and is the same twice."""
    options = {"audits": ["mood", "negation"], "languages": "en"}
    first = sl.audit_scorer("embedded", **options)
    assert first.table.equals(sl.audit_scorer("embedded", **options).table)
    assert first.table.filter(lang="en")["n"].to_list() == [12, 12]
    assert first.scorer.startswith("embedded@")
