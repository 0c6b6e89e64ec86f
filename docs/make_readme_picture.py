"""Draw the picture of the README: ``python docs/make_readme_picture.py``.

The series is simulated, with a known shift after a known event, so that it shows no outlet.
"""

from __future__ import annotations

from pathlib import Path

import stancelib as sl
from stancelib.charts import stance_over_time

PICTURE = Path(__file__).parent / "_static" / "stance_over_time.svg"


def main() -> None:
    """Simulate two outlets, of which one turns after the event, and draw them."""
    simulated = sl.simulate_series(
        sources=("Beacon Wire", "The Harbour Ledger"),
        n_periods=60,
        baseline={"Beacon Wire": 0.15, "The Harbour Ledger": 0.0},
        level={"Beacon Wire": -0.35, "The Harbour Ledger": 0.0},
        rho=0.4,
        missing=0.05,
        seed=3,
    )
    event = sl.Event("summit", simulated.event_at, label="the summit")
    chart = stance_over_time(
        simulated.series,
        events=[event],
        title="Stance toward NATO of two simulated outlets",
    )
    chart.save(PICTURE)


if __name__ == "__main__":
    main()
