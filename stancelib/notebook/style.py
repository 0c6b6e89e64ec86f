"""The look of what is shown: fonts and colours of the charts, light and dark."""

from __future__ import annotations

from string import Template

FRAME = "stancelib-shown"

# All selectors begin with our own class: nothing else on the page changes.
_RULES = Template("""\
.$frame{$light;font-family:$font;font-size:13px;line-height:1.45;color:var(--sl-ink);\
background:var(--sl-paper);padding:10px 12px;border-radius:4px;max-width:60em}
.$frame p{margin:0 0 8px;color:var(--sl-ink)}
.$frame p.sl-note{margin:0 0 4px;color:var(--sl-muted);font-size:12px}
.$frame .sl-scroll{overflow-x:auto;margin:0 0 10px}
.$frame table.gt_table{border-collapse:collapse;border:none;margin:0;width:auto;font-size:12px;\
color:var(--sl-ink);background:transparent}
.$frame table.gt_table thead tr th,.$frame table.gt_table tbody tr td\
{padding:3px 10px 3px 0;border:none;\
border-bottom:1px solid var(--sl-grid);white-space:nowrap;background:transparent;\
color:var(--sl-ink);text-align:left;vertical-align:top}
.$frame table.gt_table thead tr th{color:var(--sl-muted);font-weight:normal;\
border-bottom:1px solid var(--sl-line)}
.$frame table.gt_table thead tr th.gt_right,.$frame table.gt_table tbody tr td.gt_right\
{text-align:right;font-variant-numeric:tabular-nums}
.$frame table.gt_table tbody tr,.$frame table.gt_table thead tr,\
.$frame table.gt_table tbody tr:hover{background:transparent}
.$frame img{max-width:100%;min-width:40em;height:auto;display:block;margin:0}
@media (prefers-color-scheme:dark){.$frame{$dark}}
""")


def style_html() -> str:
    """The rules, to stand before what they are for; they touch nothing else on the page.

    Examples
    --------
    >>> "prefers-color-scheme:dark" in style_html()
    True
    """
    # Altair is loaded only when something is shown.
    from stancelib.charts.theme import DARK, FONT, LIGHT, Palette  # noqa: PLC0415

    def colours(palette: Palette) -> str:
        return (
            f"--sl-ink:{palette.ink};--sl-muted:{palette.muted};--sl-grid:{palette.grid};"
            f"--sl-line:{palette.neutral};--sl-paper:{palette.background}"
        )

    rules = _RULES.substitute(frame=FRAME, font=FONT, light=colours(LIGHT), dark=colours(DARK))
    return f"<style>\n{rules}</style>"
