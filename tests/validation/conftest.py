"""Twenty sentences for coders, in both directions and with hostile letters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

import stancelib as sl

HOSTILE = (
    "<script>window.reached=1</script>",
    "</script><script>window.reached=1</script>",
    '"><img src=x onerror="window.reached=1">',
    "{{ 7 * 7 }} ${7 * 7}",
    "<!-- ]]> &amp; \\u003cb\\u003e",
)
# Language, sentence before, sentence that names NATO, sentence after.
TEXTS = (
    ("en", "Noon came and went.", "Delegates thanked NATO for the second battalion.", "It rained."),
    ("en", "No one clapped.", "=HYPERLINK(1) was what the NATO press desk had pasted.", "Oops!"),
    ("en", "The bill grew.", '"NATO," she said, "has never paid for a single road here."', "So."),
    ("fr", "La salle attendait.", "L’OTAN n’a promis aucune base à personne.", "On rentra tard."),
    ("de", "Der Saal war voll.", "Die NATO sei kein Wunschkonzert, rief der Redner.", "Applaus."),
    ("uk", "Дощ не вщухав.", "НАТО вкотре пообіцяло більше, ніж привезло.", "Міністр мовчав."),
    ("ar", "انتهى الاجتماع.", "وصف الوزير NATO بأنه شريك يمكن الوثوق به.", "ثم غادر القاعة."),
    ("he", "הישיבה הסתיימה.", "השר אמר כי NATO לא עמד בהבטחתו.", "איש לא הגיב."),
    ("en", "The feed went mad. ", "Fans of NATO 🛡️ posted hearts ❤️ all night.", "Then silence."),
)
N_ITEMS = 20
FIRST = datetime(2022, 2, 1, 6, tzinfo=UTC)


class Leaning:
    """The same prediction for all."""

    name = "leaning@1"

    def score(self, frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            p_against=pl.lit(0.125),
            p_neutral=pl.lit(0.25),
            p_favor=pl.lit(0.625),
            stance=pl.lit(0.5),
            truncated=pl.lit(False),
        )


def article(number: int) -> dict[str, object]:
    lang, before, sentence, after = TEXTS[number % len(TEXTS)]
    payload = HOSTILE[number % len(HOSTILE)]
    named = {"en": "NATO", "fr": "OTAN", "de": "NATO", "uk": "НАТО"}.get(lang, "NATO")
    return {
        "doc_id": f"@{number} {payload}",
        "source": f"Gazette {number % 3} {payload}",
        "published_at": FIRST + timedelta(days=number),
        "title": f"Page {number} {payload}",
        "text": f"{before}\n{sentence.replace(named, f'{payload} {named}', 1)}\n{after}",
        "lang": lang,
        "url": None,
    }


@pytest.fixture(scope="session")
def store_to_code() -> Iterator[sl.Store]:
    """A store in memory with twenty pairs on NATO."""
    documents = pl.DataFrame([article(number) for number in range(N_ITEMS)])
    with sl.open_store(":memory:") as store:
        store.add_documents(documents, progress=False)
        store.score(Leaning(), targets=["NATO"], progress=False)
        yield store


@pytest.fixture(scope="session")
def sample_to_code(store_to_code: sl.Store) -> sl.Sample:
    """All pairs of the store."""
    return sl.draw_sample(store_to_code, store_to_code.scores().height, strata=["source"])
