"""The work of ``terbium evidence verify``, ``show``, ``reconcile`` and ``why``."""

from collections.abc import Sequence
from pathlib import Path

from terbium.cli.output import Columns, note, print_json, print_table, say
from terbium.evidence.attribution_of_events import (
    Explained,
    explain,
    explained_events,
)
from terbium.evidence.dataset import load_dataset
from terbium.evidence.examples import example_or
from terbium.evidence.findings import Finding, number_text
from terbium.evidence.quantities import quantities
from terbium.evidence.reconcile import Spread, pool_of
from terbium.evidence.reconcile_parameters import derive
from terbium.evidence.show import NOT_MODELLED, Stated, show_quantity
from terbium.evidence.verify import gather_claims, summary_of, verify_file
from terbium.report.evidence import save_verified
from terbium.report.evidence_view import SYMBOLS

_HEADINGS: Columns = {"": "left", "Verdict": "left", "Kind": "left", "Finding": "left"}


def verify_document(
    document: Path, against: Sequence[Path], out: Path | None, is_json: bool
) -> None:
    """Check a document, write its folder and print what was found."""
    note(f"Reading {document.name}.")
    verified = verify_file(example_or(document), [example_or(place) for place in against])
    place = out or Path("out") / f"evidence-{document.stem}"
    page = save_verified(verified, place)
    summary = summary_of(verified)
    if is_json:
        print_json({**summary, "page": str(page)})
        return
    rows = [
        (SYMBOLS[finding.verdict], finding.verdict, finding.kind, _told(finding))
        for finding in verified.checked.findings
        if finding.verdict in {"implausible", "differs"}
    ]
    counted = ", ".join(f"{number} {name}" for name, number in summary["verdicts"].items())
    print_table(f"{document.name}: {summary['claims']} claims: {counted}", _HEADINGS, rows)
    say(f"Page: {page}")


def _told(finding: Finding) -> str:
    return f"{finding.title} ({finding.arithmetic})" if finding.arithmetic else finding.title


def print_quantity(asked: str, store: Path | None, claims: Sequence[Path], is_json: bool) -> None:
    """Print what sources, a store and tables of claims say of a quantity."""
    if asked == "list":
        _print_names(is_json)
        return
    places = [example_or(place) for place in (*([store] if store else []), *claims)]
    shown = show_quantity(asked, gather_claims(places))
    pooled = pool_of(shown.quantity)
    if is_json:
        pool = pooled.to_dict() if pooled else None
        print_json({**shown.to_dict(), "pool": pool})
        return
    quantity = shown.quantity
    say(f"{quantity.name} ({quantity.name_zh})" if quantity.name_zh else quantity.name)
    if not shown.is_modelled:
        say(f"{NOT_MODELLED}: no run computes it; sources and arithmetic only.")
    for scope, rows in shown.scopes.items():
        print_table(f"{scope}: {shown.range_of(scope)}", _SOURCES, [_source(row) for row in rows])
    for origin, sources in shown.shared.items():
        say(f"One origin, {origin}: {'; '.join(sources)}. It counts once.")
    for line in shown.implied:
        say(f"Implied: {line}")
    if quantity.note:
        say(quantity.note)
    if quantity.why:
        low, high = quantity.plausible_low or 0.0, quantity.plausible_high or 0.0
        bounds = f"{number_text(low, quantity.unit)} to {number_text(high, quantity.unit)}"
        say(f"Plausible: {bounds} ({quantity.why}).")
    if pooled:
        say(pooled.told)


_SOURCES: Columns = {
    "Figure": "right", "Of": "left", "Source": "left", "Origin": "left", "Class": "left",
}  # fmt: skip


def _source(row: Stated) -> tuple[str, ...]:
    place = f", {row.place}" if row.place else ""
    return (
        row.shown,
        row.as_of.replace("/", " to "),
        row.source + place,
        row.origin,
        row.source_class,
    )


def _print_names(is_json: bool) -> None:
    known = [one for one in quantities().values() if one.sentence]
    if is_json:
        print_json([{"quantity": one.quantity, "name": one.name, "name_zh": one.name_zh}
                    for one in known])  # fmt: skip
        return
    rows = [(one.name, one.name_zh, "" if one.modelled == "yes" else NOT_MODELLED) for one in known]
    headings: Columns = {"Quantity": "left", "In Chinese": "left", "": "left"}
    print_table(f"{len(rows)} quantities that sources are held for", headings, rows)


def print_derived(parameter: str, dataset: str, is_json: bool) -> None:
    """Print contested parameters as the dataset has them and as all sources give them."""
    rows = derive(load_dataset(dataset), parameter)
    if is_json:
        print_json({"parameters": [row.to_dict() for row in rows]})
        return
    headings: Columns = {
        "Parameter": "left", "Dataset": "right", "Pool": "right", "Logarithmic": "right",
        "Scope": "left", "Figures": "right",
    }  # fmt: skip
    cells = [
        (
            row.name, _spread(row.old), _spread(row.new), _spread(row.pool.logarithmic),
            row.pool.scope, str(len(row.pool.estimate.claims)),
        )
        for row in rows
    ]  # fmt: skip
    print_table("Contested shares: low, central, high (5 %, 50 %, 95 %)", headings, cells)
    for row in rows:
        say(f"{row.name}: {row.pool.estimate.rule}.")
        say(f"  figures: {', '.join(row.pool.estimate.claims)}")
        for name, value in row.settings.items():
            say(f"  {name}: {value:.6g}")
    say("These estimates shape the balanced graph: a run takes them from a copy of the dataset.")


def _spread(spread: Spread) -> str:
    return ", ".join(f"{value:.3f}" for value in (spread.low, spread.central, spread.high))


def print_explained(event: str, is_json: bool) -> None:
    """Print rival causes of an event: those ruled out by order, and what would decide."""
    if event == "list":
        _print_events(is_json)
        return
    explained = explain(event)
    if is_json:
        print_json(explained.to_dict())
        return
    _print_explained(explained)


def _print_events(is_json: bool) -> None:
    known = [explain(name) for name in explained_events()]
    if is_json:
        print_json([{"event": one.event, "effect": one.effect.text} for one in known])
        return
    headings: Columns = {"Event": "left", "What happened": "left", "Causes": "right"}
    rows = [(one.event, one.effect.text, str(len(one.causes))) for one in known]
    print_table(f"{len(rows)} events that rival causes are held for", headings, rows)


def _print_explained(explained: Explained) -> None:
    effect = explained.effect
    say(f"{effect.text} ({effect.when}; {effect.source})")
    headings: Columns = {"When": "left", "Event": "left", "Source": "left"}
    print_table(
        "In order", headings,
        [(one.when, one.text, one.source) for one in explained.timeline],
    )  # fmt: skip
    for cause in explained.causes:
        say(f"{cause.verdict}: {cause.text} ({cause.source})")
        say(f"  {cause.reason}")
        if cause.decides:
            say(f"  would decide: {cause.decides}")
