r"""Text that spreadsheets take as text: escapes of csv and xlsx, and their way back.

Both are one-to-one: what was escaped comes back letter by letter, and a text that was never
escaped (typed by a coder, or saved by another program) stays as it is unless it looks escaped.
"""

from __future__ import annotations

import re
from typing import Final

# What Excel, LibreOffice and Google Sheets take as the beginning of a formula, also after blanks,
# and the full-width forms that Excel of East Asia takes as such.
_STARTS: Final = r"[=+\-@\uff1d\uff0b\uff0d\uff20]"
_FORMULA: Final = re.compile(rf"[\s'\x00-\x1f\ufeff]*{_STARTS}")
_ESCAPED_FORMULA: Final = re.compile(rf"'[\s'\x00-\x1f\ufeff]*{_STARTS}")

_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4})")
_NO_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPED_CHARACTER: Final = re.compile(
    r"_x([0-9A-Ca-cE-Fe-f][0-9A-Fa-f]{3}|[Dd][0-7][0-9A-Fa-f]{2})_"
)


def escape_formula(text: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula.

    References
    ----------
    OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.

    Examples
    --------
    >>> escape_formula("=1+1"), escape_formula("'-1"), escape_formula("NATO + 1")
    ("'=1+1", "''-1", 'NATO + 1')
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Take the apostrophe of `escape_formula` away.

    Examples
    --------
    >>> unescape_formula("'=1+1"), unescape_formula("''-1"), unescape_formula("'tis")
    ('=1+1', "'-1", "'tis")
    """
    return text[1:] if _ESCAPED_FORMULA.match(text) else text


def escape_xml(text: str) -> str:
    r"""Write characters that XML cannot hold as ``_xHHHH_``, as Excel does.

    References
    ----------
    ECMA-376, part 1, 22.9.2.19 (ST_Xstring).

    Examples
    --------
    >>> escape_xml("a\rb\x00"), escape_xml("_x000D_")
    ('a_x000D_b_x0000_', '_x005F_x000D_')
    """
    return _NO_XML.sub(
        lambda found: f"_x{ord(found.group()):04X}_", _LOOKS_ESCAPED.sub("_x005F_", text)
    )


def unescape_xml(text: str) -> str:
    r"""Read ``_xHHHH_`` back.

    Examples
    --------
    >>> unescape_xml("a_x000D_b_x0000_"), unescape_xml("_x005F_x000D_")
    ('a\rb\x00', '_x000D_')
    """
    return _ESCAPED_CHARACTER.sub(lambda found: chr(int(found.group(1), 16)), text)
