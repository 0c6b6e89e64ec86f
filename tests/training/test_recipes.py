"""Reading the encoder, cutting the vocabulary, the data recipes and the measures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from stancelib.errors import EnvironmentProblem
from stancelib.training import sets
from stancelib.training.encoder import BLOCK, dequantize, parameter_name, read_packed
from stancelib.training.metrics import (
    area_under_curve,
    expected_calibration_error,
    f1_by_class,
    f1_positive_negative,
    macro_f1,
)
from stancelib.training.vocabulary import is_basic_character, kept_pieces


def test_a_block_holds_low_halves_then_high_halves() -> None:
    block = np.zeros(1, BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0, 0] = 0xF0
    block["nibbles"][0, 15] = 0x98
    weights = dequantize(block.tobytes())
    expected = np.full(32, -4.0)
    expected[16], expected[15], expected[31] = 3.5, 0.0, 0.5
    np.testing.assert_array_equal(weights, expected)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"GGUF....")
    with pytest.raises(EnvironmentProblem, match="no packed model: it starts with b'GGUF'"):
        read_packed(tmp_path / "x.bin")


def test_every_parameter_of_the_encoder_has_its_name_in_the_file(tiny: Any) -> None:
    parts = ("q", "k", "v", "ao", "aln", "fi", "fo", "oln")
    names = [f"l{layer}.{part}.{kind}" for layer in (0, 1) for part in parts for kind in "wb"]
    names += ["emb.word", "emb.pos", "emb.type", "emb.ln.w", "emb.ln.b"]
    assert {parameter_name(name) for name in names} == set(tiny.model.encoder.state_dict())


@pytest.mark.parametrize(
    ("piece", "expected"),
    [
        ("▁", True),
        ("▁a", True),
        ("ґ", True),
        ("ș", True),
        ("«", True),
        ("語", False),
        ("ab", False),
    ],
)
def test_basic_characters(piece: str, expected: bool) -> None:
    assert is_basic_character(piece) is expected


def test_the_heaviest_pieces_are_kept_in_the_order_of_the_vocabulary() -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "ab", "cd", "ef", "g"]
    kept = kept_pieces(pieces, {4: 0.1, 5: 0.3, 6: 0.2}, size=7)
    assert kept.tolist() == [0, 1, 2, 3, 5, 6, 7]


def test_newsmtsc_is_read_with_its_spans(tmp_path: Path) -> None:
    row = {
        "sentence": "Smith lied.",
        "from": 0,
        "to": 5,
        "polarity": -1.0,
        "id": "a",
        "mention": "S",
    }
    folder = tmp_path / "newsmtsc"
    folder.mkdir()
    (folder / "rw_dev.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    frame = sets.newsmtsc("rw_dev", tmp_path)
    assert tuple(frame.columns) == sets.COLUMNS
    assert frame.row(0) == ("a", "Smith lied.", 0, 5, -1, "en", "newsmtsc_rw_dev")


def test_rusentne_is_read_with_its_spans(tmp_path: Path) -> None:
    folder = tmp_path / "rusentne"
    folder.mkdir()
    (folder / "train_data.csv").write_text(
        "sentence\tentity\tentity_tag\tentity_pos_start_rel\tentity_pos_end_rel\tlabel\n"
        '"Он назвал ""Орбиту"" лучшей."\tОрбиту\tORGANIZATION\t11\t17\t1\n',
        encoding="utf-8",
    )
    frame = sets.rusentne("train", tmp_path)
    row = frame.row(0, named=True)
    assert row["text"][row["start"] : row["end"]] == "Орбиту"
    assert (row["label"], row["lang"], row["data"]) == (1, "ru", "rusentne_train")


def test_the_dev_part_shares_no_sentence_with_the_rest() -> None:
    frame = pl.DataFrame({"text": [f"sentence {i // 3}" for i in range(3000)]})
    rest, dev = sets.split_by_sentence(frame, 0.2, seed=1)
    assert not set(rest["text"]) & set(dev["text"])
    assert rest.height + dev.height == frame.height
    assert 0.15 < dev.height / frame.height < 0.25


def test_absent_data_is_said_plainly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("STANCELIB_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(EnvironmentProblem, match="set STANCELIB_DATA"):
        sets.data_folder()


def test_f1_known_values() -> None:
    truth = np.array([-1, -1, 0, 0, 1])
    said = np.array([-1, 0, 0, 1, 1])
    np.testing.assert_allclose(f1_by_class(truth, said), [2 / 3, 1 / 2, 2 / 3])
    assert macro_f1(truth, said) == pytest.approx(11 / 18)
    assert f1_positive_negative(truth, said) == pytest.approx(2 / 3)


def test_gerntsa_is_read_with_its_spans(tmp_path: Path) -> None:
    row = {
        "id": "a1",
        "opinion_snippet": "Das Amt lobt Berta.",
        "target": "Berta",
        "target_anchor": {"from": 13, "to": 18},
        "sentiment": {"polarity": "positive"},
    }
    (tmp_path / "gerntsa").mkdir()
    (tmp_path / "gerntsa" / "GerNTSA.json").write_text(json.dumps([row]), encoding="utf-8")
    frame = sets.gerntsa(tmp_path)
    assert tuple(frame.columns) == sets.COLUMNS
    assert frame.row(0) == ("a1", "Das Amt lobt Berta.", 13, 18, 1, "de", "gerntsa")


def test_a_split_keeps_values_together_and_does_not_move_with_more_rows() -> None:
    families = pl.DataFrame({"family": [f"family {i // 3}" for i in range(3000)]})
    shares = {"train": 0.6, "dev": 0.15, "test": 0.25}
    parts = sets.split_by_hash(families, "family", shares, seed=4)
    found = {name: set(part["family"]) for name, part in parts.items()}
    assert sum(part.height for part in parts.values()) == families.height
    assert sum(len(members) for members in found.values()) == 1000
    # 1,000 families: shares within 3.3 standard deviations.
    for name, share in shares.items():
        assert abs(len(found[name]) - 1000 * share) < 3.3 * (1000 * share * (1 - share)) ** 0.5
    fewer = sets.split_by_hash(families.head(900), "family", shares, seed=4)
    assert all(set(part["family"]) <= found[name] for name, part in fewer.items())


def test_roles_of_the_war_are_read_without_the_climate(tmp_path: Path) -> None:
    rows = [
        ("EN_UA_1.txt", "UA", "Ünal met Oleh, Oleh spoke.", "Oleh", "Protagonist"),
        ("RU-URW-2.txt", "UA", "Его хвалят.", "Его", "Antagonist"),
        ("EN_UA_3.txt", "?", "Kira waits.", "Kira", "Innocent"),
        ("EN_CC_4.txt", "CC", "Ice melts.", "Ice", "Innocent"),
        ("EN_UA_5.txt", "CC", "Ice melts.", "Ice", "Innocent"),
    ]
    lines = [
        {
            "id": f"s{number}",
            "lang": "en",
            "doc": doc,
            "topic": topic,
            "mention": mention,
            "sentence": sentence,
            "role": role,
        }
        for number, (doc, topic, sentence, mention, role) in enumerate(rows)
    ]
    (tmp_path / "semeval2025_t10").mkdir()
    text = "\n".join(json.dumps(line) for line in lines)
    file = tmp_path / "semeval2025_t10" / "train_en_ru.jsonl.gz"
    file.write_bytes(gzip.compress(text.encode()))
    frame = sets.semeval_roles(tmp_path)
    assert frame["label"].to_list() == [1, -1, 1]
    # The first place, in code points.
    assert frame.select("start", "end").rows() == [(9, 13), (0, 3), (0, 4)]


def test_tweets_have_two_targets_and_no_place(tmp_path: Path) -> None:
    (tmp_path / "ruw").mkdir()
    text = "Tweet,Target 1,Stance 1,Target 2,Stance 2\nDon’t know,Russia,AGAINST,Ukraine,NONE\n"
    (tmp_path / "ruw" / "val.csv").write_bytes(text.encode("cp1252"))
    frame = sets.ruw_tweets(tmp_path)
    assert frame.select("text", "start", "label", "target").rows() == [
        ("Don’t know", None, -1, "Russia"),
        ("Don’t know", None, 0, "Ukraine"),
    ]


def test_area_under_curve_is_that_of_all_pairs() -> None:
    generator = np.random.default_rng(2)
    positive = generator.random(60) < 0.4
    scores = generator.integers(0, 8, 60) / 8
    pairs = [(a > b) + (a == b) / 2 for a in scores[positive] for b in scores[~positive]]
    assert area_under_curve(positive, scores) == pytest.approx(np.mean(pairs))
    assert np.isnan(area_under_curve(np.array([True]), np.array([0.5])))


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    certain, half = [1.0, 0.0, 0.0], [0.0, 0.5, 0.5]
    # Two of three certain rows are right (0.33 apart), one of two even rows is (0 apart).
    scores, truth = np.array([certain] * 3 + [half] * 2), np.array([-1, -1, 1, 0, 1])
    assert expected_calibration_error(scores, truth) == pytest.approx(3 / 5 * 1 / 3)
