"""What `terbium run` prints of the economy: the largest losses, and whether they can be true."""

from collections.abc import Mapping
from typing import Any

from terbium.cli.output import print_table, say
from terbium.report.economy_words import billion, share, span, window_text
from terbium.report.words import DASH, amount, percent, value

_PLACES = ("USA", "EU27", "JPN", "KOR", "CHN", "WLD")
_NAMES = {"WLD": "the world"}


def print_economy(summary: Mapping[str, Any]) -> None:
    """Print losses of value added, if the run went through a world table."""
    found = summary.get("economy")
    if found is None:
        return
    window, names = found["about"]["window"], {**summary["names"], **_NAMES}
    rows = {(r["region"], r["figure"]): r for r in found["regions"] if r["window"] == window}
    first = rows[_PLACES[-1], "total"]
    print_table(
        f"Loss of value added {window_text(first)}, share of GDP; flows of "
        f"{found['about']['base_year']}",
        {
            "Place": "left", "Direct": "right", "Total": "right", "90 %": "right", "USD": "right",
            "Multiplier": "right",
        },
        [
            (
                names.get(place, place),
                share(rows[place, "direct"]["central"]),
                share(rows[place, "total"]["central"]),
                span(rows[place, "total"]),
                billion(rows[place, "loss"]["central"]),
                amount(value(rows[place, "multiplier"]["central"]), 2)
                if (place, "multiplier") in rows
                else DASH,
            )
            for place in _PLACES
        ],
    )  # fmt: skip
    for row in found["implausible"]:
        say(
            f"{names.get(row['region'], row['region'])} {window_text(row)}: "
            f"{share(row['central'])} of GDP; above {share(row['limit'])}, which statistics would "
            f"show, in {percent(value(row['share_of_draws_above']))} of the draws."
        )
    say(f"Regime of the table: {found['regime']['label']}")
    say()
