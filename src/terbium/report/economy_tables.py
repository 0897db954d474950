"""Tables of the section on the economy: regions, what others have published, other rules."""

from collections.abc import Mapping
from typing import Any

from terbium.base.speech import tr, trn
from terbium.report.blocks import Column, RunView, Table
from terbium.report.economy_words import billion, share, span, window_text
from terbium.report.words import DASH, amount, between, capital, percent, value


def region_table(view: RunView, found: Mapping[str, Any]) -> Table:
    """All regions: exposed, direct, indirect, total, beside three naive reckonings."""
    window = found["about"]["window"]
    rows = {(r["region"], r["figure"]): r for r in found["regions"] if r["window"] == window}
    naive = {(r["region"], r["baseline"]): r for r in found["baselines"]}
    exposed = {row["region"]: row for row in found["exposed"]}
    places = sorted(exposed, key=lambda place: -value(rows[place, "total"]["central"]))
    cells = []
    for place in places:
        factor = rows.get((place, "multiplier"))
        cells.append(
            (
                view.heading(place),
                share(exposed[place]["central"]),
                share(rows[place, "direct"]["central"]),
                share(rows[place, "indirect"]["central"]),
                f"{share(rows[place, 'total']['central'])}; {span(rows[place, 'total'])}",
                billion(rows[place, "loss"]["central"]),
                DASH if factor is None else amount(value(factor["central"]), 2),
                share(naive[place, "value_of_material"]["central"]),
                share(naive[place, "stands_still"]["central"]),
                share(naive[place, "in_proportion"]["central"]),
            )
        )
    columns = (
        Column(tr("Region")),
        Column(tr("Exposed"), number=True),
        Column(tr("Direct"), number=True),
        Column(tr("Indirect"), number=True),
        Column(tr("Total; 90 % interval"), number=True),
        Column(tr("Total, USD"), number=True),
        Column(tr("Multiplier"), number=True),
        Column(tr("Material not bought"), number=True),
        Column(tr("Nothing made good"), number=True),
        Column(tr("In proportion"), number=True),
    )
    any_row = rows[places[0], "total"]
    caption = trn(
        "{n} place: what stands still, what that leaves missing to others, and three naive "
        "figures, {window}.",
        "{n} places: what stands still, what that leaves missing to others, and three naive "
        "figures, {window}.",
        len(places),
        window=window_text(any_row),
    )
    note = tr(
        "Medians, per cent of GDP. Exposed: value added on lines that stop without rare earths. "
        "Direct: on lines that stand still, less what plants make good. Indirect: for want of "
        "other inputs and of orders, less what others make instead. Multiplier: total over direct, "
        "where a tenth of the total or more is direct in every draw. Material not bought: its "
        "price, as if nothing hung on it. "
        "Nothing made good: all lines of the chain that stand still, passed on to nobody. "
        "In proportion: every exposed line stands still in the share in which magnets from the "
        "origin do not come, without stocks and other suppliers."
    )
    return Table(caption, columns, cells, note, folded=True)


def claim_table(view: RunView, found: Mapping[str, Any]) -> Table:
    """Losses that others have published; claims, each about a cut of its own."""
    cells = []
    inside = known = 0
    for row in found["claims"]:
        own = "central" in row
        if own:
            known += 1
            low, high = value(row["claimed_low"]), value(row["claimed_high"])
            inside += low <= value(row["high90"]) and high >= value(row["low90"])
        missing = row.get("missing")
        cells.append(
            (
                row["study"],
                view.heading(row["region"]),
                row["scenario"],
                amount(value(row["months"])),
                between(share(row["claimed_low"]), share(row["claimed_high"])),
                share(row["central"]) if own else DASH,
                span(row) if own else DASH,
                DASH if missing is None else percent(value(missing)),
            )
        )
    columns = (
        Column(tr("Study")),
        Column(tr("Region")),
        Column(tr("What is cut")),
        Column(tr("Months"), number=True),
        Column(tr("Claimed loss"), number=True),
        Column(tr("This run"), number=True),
        Column(tr("90 % interval"), number=True),
        Column(tr("Magnets that did not come"), number=True),
    )
    caption = trn(
        "{inside} of {n} published loss lie within the interval of this run over as many months. "
        "None of them speaks of the same cut.",
        "{inside} of {n} published losses lie within the interval of this run over as many months. "
        "None of them speaks of the same cut.",
        known,
        inside=inside,
    )
    note = tr(
        "Per cent of the GDP of a year. Claims are models like this one, none was held against a "
        "measured loss. Last column: median share of the magnets from the origin that did not come "
        "in these months in this run; the cuts that the studies suppose are deeper and longer."
    )
    return Table(caption, columns, cells, note)


def variant_table(view: RunView, found: Mapping[str, Any]) -> Table:
    """The same draws under other rules."""
    places = list(dict.fromkeys(row["region"] for row in found["variants"]))
    names = list(dict.fromkeys(row["variant"] for row in found["variants"]))
    rows = {(row["variant"], row["region"]): row for row in found["variants"]}
    cells = [
        (
            capital(tr(name)),
            *(f"{share(rows[name, p]['central'])}; {span(rows[name, p])}" for p in places),
            percent(value(rows[name, places[0]]["share_collapsed"])),
        )
        for name in names
    ]
    columns = (
        Column(tr("Rules")),
        *(Column(view.heading(p), number=True) for p in places),
        Column(tr("Draws that collapse"), number=True),
    )
    falls = [n for n in names if value(rows[n, places[0]]["share_collapsed"]) > 0]
    said = trn(
        "Under {n} set of rules the table collapses in some draws.",
        "Under {n} sets of rules the table collapses in some draws.",
        len(falls),
    )
    if not falls:
        said = tr("The table collapses under none of these rules.")
    draws = rows[names[0], places[0]]["draws"]
    rule = tr(
        "total loss, median and 90 % interval, per cent of GDP. The reference: suppliers share out "
        "in proportion and orders follow output, as ARIO has it; industries then order less than "
        "they lack while consumers claim as before, and a small shock can starve the table. That "
        "is a property of the rule, not a forecast."
    )
    note = trn("{n} draw of the run; {rule}", "{n} draws of the run; {rule}", draws, rule=rule)
    return Table(said, columns, cells, note, folded=True)
