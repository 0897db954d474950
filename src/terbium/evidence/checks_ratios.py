"""Products and quotients of figures that stand near one another: what they imply, and is it so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from terbium.base.speech import tr
from terbium.evidence.checks_parts import part_of_amount, part_of_count
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import (
    Finding,
    Span,
    claim_span,
    exact_span,
    is_share,
    number_text,
    span_text,
    unsettled,
)
from terbium.evidence.methods import method
from terbium.evidence.quantities import (
    Figure,
    Quantity,
    figures_of,
    quantities,
    quantity_of,
)
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import low_to_high, qualified, said

_CURRENCY = re.compile(r"^[A-Z]{3}(?![a-z])")
_AMOUNTS = frozenset({"tonnage", "capacity", "money", "count"})


def check_ratios(reading: Reading) -> Iterator[Finding]:
    """Every ratio that stands within reach of its terms."""
    for claim in reading.stated:
        if claim.value is None:
            continue
        if is_share(claim.unit):
            yield from _share_of_total(reading, claim)
            yield from _changed_rate(reading, claim)
        elif claim.metric == "money":
            yield from _two_currencies(reading, claim)
            yield from _lost_per_day(reading, claim)
        elif claim.metric == "ratio":
            yield from _multiple(reading, claim)
        elif claim.metric == "count":
            yield from part_of_count(reading, claim)
        elif claim.metric in {"tonnage", "capacity"}:
            yield from part_of_amount(reading, claim)
        elif claim.metric == "price":
            yield from _two_prices(reading, claim)


def currency(claim: StatedClaim) -> str:
    """The currency of a claim's unit; empty if it has none."""
    found = _CURRENCY.match(claim.unit)
    return found.group() if found else ""


def exchange(one: str, other: str) -> tuple[Quantity, Figure] | None:
    """Units of `one` per unit of `other`, if that rate is held."""
    key = f"fx_{one.lower()}_{other.lower()}"
    known = figures_of(key)
    return (quantities()[key], known[0]) if known else None


def _share_of_total(reading: Reading, share: StatedClaim) -> Iterator[Finding]:
    """An amount that is said to be a share of a total implies the total."""
    if share.metric not in {"share", "change"} or not 0 < abs(share.value or 0.0) <= 1:
        return
    share = replace(share, value=abs(share.value or 0.0))
    in_front = reading.before(share, 3 * int(method("checks/cue_reach")))
    clause = reading.clause(share)
    if not (cue("share_of").search(in_front + clause) or cue("gdp").search(clause)):
        return
    amounts = [c for c in reading.near(share, 0) if c.metric in _AMOUNTS and c.value]
    ratios = [c for c in reading.near(share, 0) if c.metric == "ratio" and c.value]
    if cue("gdp").search(clause):
        amounts = [claim for claim in amounts if claim.metric == "money"]
        yield from _of_gdp(reading, share, amounts)
        return
    if not amounts and ratios:
        amounts = [
            c for c in reading.near(share, 1) if c.metric in {"tonnage", "capacity"} and c.value
        ]
    if not amounts:
        return
    amount = min(amounts, key=lambda claim: abs(claim.char_offset - share.char_offset))
    ratio = ratios[0] if ratios and ratios[0].char_offset < share.char_offset else None
    if amount.metric == "count" or (amount.metric == "money" and not _is_stake(clause)):
        return
    yield _implied_total(reading, amount, share, ratio)


def _changed_rate(reading: Reading, change: StatedClaim) -> Iterator[Finding]:
    """A rate that is halved, or cut by a share of itself, gives the rate after."""
    if change.metric != "change" or "pp" in change.unit or not -1 < (change.value or 0.0) < 0:
        return
    rates = [c for c in reading.near(change, 0) if c.metric == "tariff_rate" and "pp" not in c.unit]
    words = 3 * method("checks/cue_reach")
    near = [c for c in rates if 0 <= change.char_offset - c.end <= words and c.value]
    for rate in near[-1:]:
        after = (rate.value or 0.0) * (1 + (change.value or 0.0))
        meant = quantity_of(rate, reading)
        known = figures_of(meant.quantity) if meant else ()
        same = tuple(f for f in known if abs(f.value - after) < method("checks/agrees_share") / 3)
        text = f"{100 * (rate.value or 0):g} % x (1 - {-(change.value or 0):g}) = {100 * after:g} %"
        title = tr("{rate} and {change} leave {after}", rate=rate.span, change=change.span,
                   after=f"{100 * after:g} %")  # fmt: skip
        if not same:
            yield unsettled("rate after a change", title, (rate, change), text)
            continue
        yield Finding(
            "rate after a change", "agrees", "agrees", title, (rate, change), text, same, "",
            meant.quantity if meant else "",
        )  # fmt: skip


def _is_stake(clause: str) -> bool:
    return cue("stake").search(clause) is not None


def _implied_total(
    reading: Reading, amount: StatedClaim, share: StatedClaim, ratio: StatedClaim | None
) -> Finding:
    factor = exact_span(ratio) if ratio else Span(1, 1)
    total = exact_span(amount).times(factor).over(claim_span(share))
    times = (ratio.value or 1.0) if ratio else 1.0
    value = (amount.value or 0.0) * times / (share.value or 1.0)
    unit = amount.unit.split("/")[0]
    by = f" x {times:g}" if ratio else ""
    turned = {"less_than": "more_than", "more_than": "less_than"}.get(share.qualifier, "none")
    text = (
        f"{number_text(amount.value or 0.0, unit)}{by} / {share.value:g} = "
        f"{qualified(turned, number_text(value, unit))}"
    )
    claims = (amount, *([ratio] if ratio else []), share)
    title = tr(
        "{amount} at {share} of a whole implies {value}", amount=f"{amount.span}{by}",
        share=span_text(share), value=number_text(value, unit),
    )  # fmt: skip
    whole = _whole(reading, share, unit)
    if whole is None:
        return unsettled("implied total", title, claims, text)
    quantity, known = whole
    figures = [figure for figure in known if figure.unit == unit]
    slack = method("checks/about_relative") * value
    span = Span(total.low - slack, total.high + slack)
    fits = [figure for figure in figures if span.holds(figure.value)]
    shown = "; ".join(
        tr("{value} {unit} in {time} ({scope})", value=f"{f.value:,g}", unit=f.unit, time=f.as_of,
           scope=said(f.scope))
        for f in figures
    )  # fmt: skip
    return Finding(
        "implied total", "agrees" if fits else "disagrees", "agrees" if fits else "differs",
        title, claims, tr("{sum}; sources: {shown}", sum=text, shown=shown), tuple(figures),
        said(quantity.note), quantity.quantity,
    )  # fmt: skip


def _whole(
    reading: Reading, share: StatedClaim, unit: str
) -> tuple[Quantity, tuple[Figure, ...]] | None:
    """The known quantity that a share is said to be of: output of the same goods."""
    words = reading.around(share)
    is_output = unit == "t" and cue("output").search(reading.clause(share))
    if is_output and cue("magnet").search(words) and cue("china").search(words):
        return quantities()["cn_ndfeb_output"], figures_of("cn_ndfeb_output")
    return None


def _of_gdp(
    reading: Reading, share: StatedClaim, amounts: Sequence[StatedClaim]
) -> Iterator[Finding]:
    for amount in amounts[:1]:
        implied = exact_span(amount).over(exact_span(share))
        value, unit = (amount.value or 0.0) / (share.value or 1.0), currency(amount)
        text = f"{number_text(amount.value or 0.0, unit)} / {share.value:g} = "
        text += number_text(value, unit)
        title = tr("{amount} at {share} of GDP implies {value} of GDP", amount=amount.span,
                   share=share.span, value=number_text(value, unit))  # fmt: skip
        known = [
            one for key, one in quantities().items()
            if key.endswith("_gdp") and one.unit == unit
            and re.search(one.sentence.split(" & ")[0], reading.around(share))
        ]  # fmt: skip
        if not known:
            yield unsettled("implied total", title, (amount, share), text)
            continue
        low, high = known[0].plausible_low or 0.0, known[0].plausible_high or 0.0
        fits = implied.meets(Span(low, high))
        yield Finding(
            "implied total", "agrees" if fits else "likely error",
            "agrees" if fits else "implausible", title, (amount, share),
            tr("{sum}; known: {range}", sum=text,
               range=low_to_high(number_text(low, unit), number_text(high, unit))),
            figures_of(known[0].quantity), said(known[0].why), known[0].quantity,
        )  # fmt: skip


def _two_currencies(reading: Reading, money: StatedClaim) -> Iterator[Finding]:
    """One sum in two currencies implies an exchange rate."""
    for other in reading.near(money, 0):
        if other.metric != "money" or other.char_offset <= money.char_offset or not other.value:
            continue
        between = reading.between(money, other)
        near = len(between) <= 2 * method("checks/cue_reach")
        if not near or currency(money) == currency(other) or not cue("same_as").search(between):
            continue
        for one, two in ((money, other), (other, money)):
            rate = exchange(currency(one), currency(two))
            if rate is None:
                continue
            quantity, figure = rate
            span = exact_span(one).over(exact_span(two))
            value = (one.value or 0.0) / (two.value or 1.0)
            fits = span.meets(Span(quantity.plausible_low or 0, quantity.plausible_high or 0))
            yield Finding(
                "exchange rate", "agrees" if fits else "likely error",
                "agrees" if fits else "implausible",
                tr("{first} and {second} imply {value} {unit}", first=money.span,
                   second=other.span, value=f"{value:.4g}", unit=quantity.unit),
                (money, other),
                tr("{sum}; known: {range} ({reason})",
                   sum=f"{one.value:,g} / {two.value:,g} = {value:.4g} {quantity.unit}",
                   range=low_to_high(f"{quantity.plausible_low:g}",
                                     f"{quantity.plausible_high:g}"), reason=said(quantity.why)),
                (figure,), "", quantity.quantity,
            )  # fmt: skip


def _lost_per_day(reading: Reading, money: StatedClaim) -> Iterator[Finding]:
    near = reading.near(money, 0)
    if not cue("lost").search(reading.clause(money)):
        return
    counts = [
        c for c in near if c.metric == "count" and c.value and cue("line").search(reading.clause(c))
    ]
    days = [c for c in near if c.metric == "duration" and c.value and c.unit in _DAYS]
    if counts and days:
        lines, time = counts[-1], min(days, key=lambda c: abs(c.char_offset - money.char_offset))
        length = (time.value or 0.0) * _DAYS[time.unit]
        value = (money.value or 0.0) / (lines.value or 1.0) / length
        unit = currency(money)
        each = number_text(value, unit)
        yield unsettled(
            "loss per day",
            tr("{sum} over {lines} and {time} is {each} a day for each", sum=money.span,
               lines=lines.span, time=time.span, each=each), (lines, time, money),
            tr("{sum} / {lines} / {length} days = {each} a day for each",
               sum=number_text(money.value or 0.0, unit), lines=f"{lines.value:g}",
               length=f"{length:g}", each=each),
            tr("Sales that were put off are not value added that was lost."),
        )  # fmt: skip


_DAYS = {"days": 1.0, "weeks": 7.0, "months": 30.0}


def _multiple(reading: Reading, ratio: StatedClaim) -> Iterator[Finding]:
    near = reading.near(ratio, 1)
    clause = reading.clause(ratio)
    times = ratio.value or 0.0
    if times > 1 and cue("rises").search(clause):
        for share in [c for c in near if is_share(c.unit) and c.metric == "share" and c.value][:1]:
            first, second = (share.value or 0.0) / times, (share.value or 0.0) / (1 + times)
            yield unsettled(
                "baseline",
                tr("{multiple} to {share} implies {before} before", multiple=ratio.span,
                   share=share.span, before=f"{100 * first:.3g} %"), (ratio, share),
                tr("{sum}; if it grew by {times} times, {other}", times=f"{times:g}",
                   sum=f"{100 * (share.value or 0):g} % / {times:g} = {100 * first:.3g} %",
                   other=f"/ {1 + times:g} = {100 * second:.3g} %"),
                tr("The words allow both readings."),
            )  # fmt: skip
    same = [c for c in reading.near(ratio, 0) if c.metric == "money" and c.value]
    if same and cue("covered").search(reading.sentence(ratio)):
        money = min(same, key=lambda claim: abs(claim.char_offset - ratio.char_offset))
        value = (money.value or 0.0) * times
        yield unsettled(
            "orders", tr("{part} of {whole} is {value}", part=ratio.span, whole=money.span,
                         value=number_text(value, currency(money))),
            (money, ratio),
            f"{number_text(money.value or 0.0, currency(money))} x {times:g} = "
            f"{number_text(value, currency(money))}",
        )  # fmt: skip


def _two_prices(reading: Reading, price: StatedClaim) -> Iterator[Finding]:
    """Prices of one sentence in different units of mass are easily taken for one another."""
    for other in reading.near(price, 0):
        units = (price.unit, other.unit)
        if other.metric != "price" or other.char_offset <= price.char_offset:
            continue
        masses = [unit.partition("/")[2] for unit in units]
        if masses[0] == masses[1] or not set(masses) <= _PER_KG.keys() or not other.value:
            continue
        per_kg = [
            c.value / _PER_KG[m] for c, m in zip((price, other), masses, strict=True) if c.value
        ]
        high, low = max(per_kg), min(per_kg)
        yield Finding(
            "units", "trap", "cannot be checked",
            tr("{first} and {second} are told in different units", first=price.span,
               second=other.span), (price, other),
            tr("{first} and {second} {unit}: {times} times apart", first=f"{per_kg[0]:g}",
               second=f"{per_kg[1]:g}", unit=f"{currency(price)}/kg", times=f"{high / low:g}"),
        )  # fmt: skip


_PER_KG = {"kg": 1.0, "t": 1000.0}
