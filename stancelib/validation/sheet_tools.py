"""Coding sheets for Label Studio and doccano, and the codings that come back from them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import polars as pl

_FOR_CODERS: Final = ("coder", "label", "note")
_CONTEXT: Final = ("before", "sentence", "after")


def write_label_studio(table: pl.DataFrame, path: Path) -> None:
    """Write tasks, and beside them the labelling interface (.xml) that they are made for."""
    tasks = []
    for row in table.drop(_FOR_CODERS).iter_rows(named=True):
        task: dict[str, Any] = {"data": {name: text or "" for name, text in row.items()}}
        if row.get("predicted"):
            task["predictions"] = [_prediction(row)]
        tasks.append(task)
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    interface = files("stancelib.validation") / "templates" / "label_studio.xml"
    path.with_suffix(".xml").write_text(interface.read_text(encoding="utf-8"), encoding="utf-8")


def _prediction(row: Mapping[str, str]) -> dict[str, Any]:
    choice = {"choices": [row["predicted"]]}
    result = {"from_name": "label", "to_name": "sentence", "type": "choices", "value": choice}
    return {"model_version": row["scorer"], "result": [result]}


def write_doccano(table: pl.DataFrame, path: Path) -> None:
    """Write one record a line: the text that doccano shows, no label, and the rest as metadata."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in table.drop(_FOR_CODERS).iter_rows(named=True):
            shown = [f"[{row['target']}]", *(row[name] for name in _CONTEXT if row[name])]
            rest = {name: text for name, text in row.items() if name not in _CONTEXT and text}
            record = {"text": "\n\n".join(shown), "label": [], **rest}
            file.write(f"{json.dumps(record, ensure_ascii=False)}\n")


def of_label_studio(task: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Each annotation of a task of the export JSON; a task without any is one row without a label.

    JSON-MIN, where each annotation is a flat record, is read as it is.
    """
    if "data" not in task:
        yield {"coder": task.get("annotator"), **_times(task), **task}
        return
    item = _mapping(task["data"]).get("item")
    annotations = [_mapping(one) for one in task.get("annotations") or []]
    if not annotations:
        yield {"item": item}
    for one in annotations:
        found = {"item": item, "coder": _person(one.get("completed_by")), **_times(one)}
        if one.get("was_cancelled"):
            yield {**found, "problem": "skipped in Label Studio"}
        else:
            yield {**found, **_results(one)}


def of_doccano(record: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata on the first level (as doccano exports it), and comments as the note."""
    comments = record.get("Comments") or record.get("comments") or []
    texts = [one.get("text") if isinstance(one, dict) else one for one in comments]
    note = "\n".join(text for text in texts if isinstance(text, str))
    return {**_mapping(record.get("meta")), "note": note or None, **record}


def _results(annotation: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for result in annotation.get("result") or []:
        value = _mapping(_mapping(result).get("value"))
        if "choices" in value:
            found["label"] = [*found.get("label", []), *value["choices"]]
        elif "text" in value:
            texts = value["text"] if isinstance(value["text"], list) else [value["text"]]
            found["note"] = "\n".join(map(str, texts))
    return found


def _times(annotation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "seconds": annotation.get("lead_time"),
        "coded_at": annotation.get("updated_at") or annotation.get("created_at"),
    }


def _person(completed_by: object) -> str | None:
    """A number of a user, or who it is."""
    if isinstance(completed_by, Mapping):
        known = (completed_by.get(name) for name in ("email", "username", "id"))
        completed_by = next((one for one in known if one), None)
    return None if completed_by is None else str(completed_by)


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
