"""Articles into the store: new ones are split and kept, known ones change nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import dataframely as dy
import polars as pl

from stancelib.corpus import Ingest, read_documents, split_sentences
from stancelib.errors import ArgumentError, DataError
from stancelib.notebook import progress_bar
from stancelib.schemas import Documents, Rejected
from stancelib.store import manifest
from stancelib.store.speakers import speaker_sides
from stancelib.store.summaries import AddedDocuments

if TYPE_CHECKING:
    from stancelib.store.database import Database

DOCUMENTS_A_BATCH: Final = 2_000
OTHER_CONTENT: Final = "doc_id is in the store with other content"


def add_documents(
    database: Database,
    documents: object,
    read_options: dict[str, Any],
    *,
    progress: bool | None,
) -> AddedDocuments:
    """Read, compare with what is there, and add what is new, batch by batch."""
    given = _read(documents, read_options)
    with database.tables(incoming=given.accepted, incoming_rejected=given.rejected):
        arguments = {**given.description, "read_options": read_options}
        inputs = {
            "accepted": database.rows("hash_of_incoming")[0],
            "rejected": database.rows("hash_of_incoming_rejected")[0],
        }
        with manifest.step(database, "add_documents", arguments=arguments, inputs=inputs) as counts:
            result = _add(database, given.accepted, given.rejected, progress=progress)
            counts.update(asdict(result))
    return result


def _add(
    database: Database, accepted: pl.DataFrame, rejected: pl.DataFrame, *, progress: bool | None
) -> AddedDocuments:
    conflicting = database.frame("conflicting_documents", {"reason": OTHER_CONTENT})
    with (
        database.transaction(),
        database.tables(incoming_rejected=pl.concat([rejected, conflicting])),
    ):
        database.execute("insert_rejected")
    new = accepted.join(database.frame("new_documents"), on="doc_id", how="semi")
    sentences = 0
    with progress_bar("add", total=new.height, unit="articles", shown=progress) as advance:
        for batch in new.iter_slices(DOCUMENTS_A_BATCH):
            sentences += _add_batch(database, batch)
            advance(batch.height)
    return AddedDocuments(
        added=new.height,
        unchanged=accepted.height - new.height - conflicting.height,
        rejected=rejected.height + conflicting.height,
        sentences=sentences,
    )


def _add_batch(database: Database, batch: pl.DataFrame) -> int:
    """Articles and their sentences in one transaction, so that none is there in part."""
    split = split_sentences(batch.drop("row"))
    sentences = split.with_columns(speaker_side=speaker_sides(split))
    with (
        database.tables(incoming_batch=batch, incoming_sentences=sentences),
        database.transaction(),
    ):
        database.execute("forget_all_completed")
        database.execute("insert_documents")
        database.execute("insert_sentences")
    return sentences.height


@dataclass(frozen=True, slots=True)
class _Input:
    """Articles to compare with the store, refused rows, and where both came from."""

    accepted: pl.DataFrame
    rejected: pl.DataFrame
    description: dict[str, object]


def _read(documents: object, read_options: dict[str, Any]) -> _Input:
    if isinstance(documents, pl.DataFrame) and not read_options and _is_read(documents):
        return _Input(_numbered(documents), Rejected.create_empty(), {"documents": "frame"})
    if not isinstance(documents, Ingest):
        documents = read_documents(documents, **read_options)
    elif read_options:
        raise ArgumentError(
            f"{', '.join(read_options)}: an Ingest is read already; pass options to "
            "read_documents, or pass the path here"
        )
    description: dict[str, object] = {
        "documents": documents.files["name"].to_list(),
        "columns": documents.mapping,
        "time_zone": documents.time_zone,
    }
    return _Input(_numbered(documents.accepted), documents.rejected, description)


def _is_read(frame: pl.DataFrame) -> bool:
    """Whether the frame has the columns of Documents, rather than being a table to read."""
    return dict(frame.schema) == dict(Documents.create_empty().schema)


def _numbered(accepted: pl.DataFrame) -> pl.DataFrame:
    try:
        valid = Documents.validate(accepted)
    except dy.exc.ValidationError as problem:
        raise DataError(f"the documents are not valid: {problem}") from problem
    return valid.with_row_index("row").cast({"row": pl.Int64})
