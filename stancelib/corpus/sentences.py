"""Documents to sentences, each with its voice: the outlet's own, or somebody's whom it quotes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from stancelib.corpus.boundaries import find_sentences
from stancelib.corpus.paragraphs import find_paragraphs
from stancelib.corpus.quotations import Span, find_quotations
from stancelib.corpus.reporting import Reporting, reporting
from stancelib.corpus.turns import close_quotations, spoken_paragraphs
from stancelib.corpus.voice import judge_voices
from stancelib.errors import DataError
from stancelib.schemas import Sentences

_NEEDED = ("doc_id", "title", "text", "lang")
_DASHES = "—–―"
_MARKS = "«»“”„‟‹›‘’‚\"'＂ \xa0\u202f"
_FINAL = ",.!?…"


@dataclass
class _Rows:
    """Sentences as they are found, one list a column."""

    document: list[int] = field(default_factory=list)
    part: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    narration: list[str | None] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    runs_on: list[bool] = field(default_factory=list)


class _Place(NamedTuple):
    """Where a stretch of text stands: its document, part and offset in it, and how it reports."""

    document: int
    part: str
    offset: int
    how: Reporting | None


def split_sentences(documents: pl.DataFrame) -> pl.DataFrame:
    """Split documents into sentences and say whose voice each one is.

    A title is one sentence (`part` "title", `position` 0), unless the text begins with it.
    A sentence is `quoted` when most of its letters stand inside quotation marks and either
    somebody is said to speak or the quotation is a sentence itself, or when it reports what
    somebody said or thinks (``Peskov said that``, ``selon Kyiv``, ``по словам Кулебы``). Words
    in quotation marks inside a sentence of the outlet leave it to the `author`. Languages
    outside the twelve have quotation marks, but no reporting verbs.

    Parameters
    ----------
    documents
        Documents frame: doc_id, title, text and lang are read.

    Returns
    -------
    polars.DataFrame
        Sentences frame, in the order of the documents. `start` and `end` are code points in the
        original title or text; `speaker` is the name as the sentence gives it, without title
        and article, or the office of a country or body where it gives no name (``Ukrainian
        president``); null where it names nobody or the voice is the author's. `speaker_side` is
        null: a store fills it, because this room knows no targets.

    Raises
    ------
    DataError
        When one of the four columns is missing, or a `doc_id` stands twice.

    References
    ----------
    Boundaries are proposed by sentencex (Wikimedia). Direct and indirect quotation are told
    apart as in Pareti (2015), "Attribution: a computational approach", Edinburgh, by marks and
    by reporting verbs.

    Examples
    --------
    >>> import polars as pl
    >>> import stancelib as sl
    >>> documents = pl.DataFrame({
    ...     "doc_id": ["a"], "title": [None], "lang": ["en"],
    ...     "text": ["“We will stay,” Peskov said. Nobody left."],
    ... }, schema_overrides={"title": pl.String})
    >>> sl.split_sentences(documents).select("text", "voice", "speaker").rows()
    [('“We will stay,” Peskov said.', 'quoted', 'Peskov'), ('Nobody left.', 'author', None)]
    """
    for column in _NEEDED:
        if column not in documents.columns:
            raise DataError.missing_column(column, documents.columns)
    if documents.get_column("doc_id").is_duplicated().any():
        raise DataError("doc_id stands twice in the documents; keep one row of each")
    rows = _Rows()
    columns = (documents.get_column(column).to_list() for column in _NEEDED[1:])
    for document, (title, text, lang) in enumerate(zip(*columns, strict=True)):
        stripped = (title or "").strip()
        if stripped and not text.lstrip().startswith(stripped):
            _add_title(rows, document, title, stripped, reporting(lang))
        _add_text(rows, document, text, lang)
    return _assemble(documents, rows)


def _add_title(
    rows: _Rows, document: int, title: str, stripped: str, how: Reporting | None
) -> None:
    start = title.index(stripped)
    whole = [(start, start + len(stripped))]
    _add_sentences(rows, _Place(document, "title", 0, how), title, whole, find_quotations(title))


def _add_text(rows: _Rows, document: int, text: str, lang: str) -> None:
    how = reporting(lang)
    paragraphs = find_paragraphs(text)
    spoken = spoken_paragraphs([text[start:end] for start, end in paragraphs], lang)
    for number, (start, end) in enumerate(paragraphs):
        paragraph = text[start:end]
        marked = close_quotations(paragraph, find_quotations(paragraph), how)
        sentences = find_sentences(paragraph, marked, lang)
        place = _Place(document, "text", start, how)
        if number not in spoken or how is None:
            _add_sentences(rows, place, paragraph, sentences, marked)
        else:
            _add_spoken(rows, place, paragraph, (sentences, marked, spoken[number]))


def _add_spoken(
    rows: _Rows,
    place: _Place,
    paragraph: str,
    found: tuple[list[Span], list[Span], list[Span]],
) -> None:
    """Add a paragraph that is spoken, all or in part, without quotation marks around it."""
    sentences, marked, spoken = found
    beside = [span for span in marked if all(span[1] <= a or span[0] >= b for a, b in spoken)]
    begin = spoken[0][0] if paragraph[0] not in _DASHES else 0
    first = len(rows.text)
    _add_sentences(
        rows, place, paragraph, _with_speaker(sentences, begin), sorted([*spoken, *beside])
    )
    rows.runs_on[first:] = [
        share > 0 and any(a < end - place.offset and b > start - place.offset for a, b in spoken)
        for share, start, end in zip(
            rows.share[first:], rows.start[first:], rows.end[first:], strict=True
        )
    ]
    if begin:
        rows.narration[first] = paragraph[:begin].rstrip(" .:—–") + ": “”"


def _with_speaker(sentences: list[Span], begin: int) -> list[Span]:
    """Join the speaker of a turn, which may end with a full stop, to his first sentence."""
    head = [span for span in sentences if span[1] <= begin]
    rest = sentences[len(head) :]
    if not head or not rest:
        return sentences
    return [(head[0][0], rest[0][1]), *rest[1:]]


def _add_sentences(
    rows: _Rows,
    place: _Place,
    text: str,
    sentences: list[Span],
    quotations: list[Span],
) -> None:
    for start, end in sentences:
        rows.document.append(place.document)
        rows.part.append(place.part)
        rows.text.append(text[start:end])
        rows.start.append(start + place.offset)
        rows.end.append(end + place.offset)
        inside = [span for span in quotations if span[0] < end and span[1] > start]
        if not inside:
            rows.narration.append(None)
            rows.share.append(0.0)
            rows.runs_on.append(False)
            continue
        narration, share = _narration(text, (start, end), inside)
        rows.narration.append(_with_inserted(narration, text[start:end], place.how))
        rows.share.append(share)
        rows.runs_on.append(any(span[0] < start or span[1] > end for span in inside))


def _with_inserted(narration: str, sentence: str, how: Reporting | None) -> str:
    """Add an attribution that stands inside the quotation: ``« Oui, a dit Macron, et vite »``."""
    if how is None or not how.dash_dialogue or any(map(str.isalpha, narration)):
        return narration
    inserted = how.inserted.search(sentence.replace("’", "'"))
    return narration if inserted is None else f"“,” {inserted.group()[1:-1].strip()}"


def _narration(text: str, sentence: Span, quotations: list[Span]) -> tuple[str, float]:
    """Return what stands outside the quotations, and the share of letters inside them."""
    pieces: list[str] = []
    place, quoted = sentence[0], 0
    for quotation in quotations:
        start, end = max(quotation[0], sentence[0]), min(quotation[1], sentence[1])
        last = text[start:end].rstrip(_MARKS)[-1:]
        pieces += [text[place:start], f"“{last if last in _FINAL else ''}”"]
        quoted += sum(map(str.isalpha, text[start:end]))
        place = end
    pieces.append(text[place : sentence[1]])
    letters = sum(map(str.isalpha, text[sentence[0] : sentence[1]]))
    return "".join(pieces), quoted / letters if letters else 0.0


def _assemble(documents: pl.DataFrame, rows: _Rows) -> pl.DataFrame:
    found = pl.DataFrame(
        {name: getattr(rows, name) for name in ("document", "part", "text", "start", "end")}
        | {"narration": rows.narration, "share": rows.share, "runs_on": rows.runs_on},
        schema_overrides={
            "document": pl.Int64,
            "part": pl.String,
            "text": pl.String,
            "start": pl.Int64,
            "end": pl.Int64,
            "narration": pl.String,
            "share": pl.Float64,
            "runs_on": pl.Boolean,
        },
    )
    found = found.with_columns(
        documents.get_column(name).gather(found.get_column("document")).alias(name)
        for name in ("doc_id", "lang")
    ).with_columns(position=pl.int_range(pl.len()).over("document"))
    voices = judge_voices(found)
    named = found.with_columns(
        voices,
        speaker_side=pl.lit(None, dtype=pl.String),
        sentence_id=pl.format("{}#{}", pl.col("doc_id"), pl.col("position")),
    )
    return Sentences.validate(named.select(Sentences.column_names()), cast=True)
