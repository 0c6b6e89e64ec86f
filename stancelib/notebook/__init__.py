"""How results are shown: sentence, tables and picture in notebooks; bars of long steps."""

from __future__ import annotations

from stancelib.notebook.cells import Format
from stancelib.notebook.progress import progress_bar
from stancelib.notebook.table import frame_html
from stancelib.notebook.view import Shown, View, Viewed, fields_of

__all__ = ["Format", "Shown", "View", "Viewed", "fields_of", "frame_html", "progress_bar"]
