"""What a cost told for one thing says of the price of what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from terbium.base.speech import tr
from terbium.evidence.checks_ratios import currency, exchange
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import Finding, number_text, span_text
from terbium.evidence.methods import method
from terbium.evidence.quantities import Figure, figures_of, quantities
from terbium.evidence.readings import Reading, cue
from terbium.evidence.wording import said

_KG = {"kg": 1.0, "t": 1000.0, "g": 0.001}
_MONEY = frozenset({"money", "price", "change", "other"})


def check_prices(reading: Reading) -> Iterator[Finding]:
    """Every extra cost of a vehicle that is laid to rare earths, over the rare earths in one."""
    masses = [claim for claim in reading.stated if _mass(reading, claim)]
    for cost in reading.stated:
        if _is_cost(reading, cost):
            yield _implied_price(reading, cost, masses)


def _is_cost(reading: Reading, claim: StatedClaim) -> bool:
    if claim.metric not in _MONEY or not currency(claim) or not claim.value:
        return False
    clause = reading.clause(claim)
    per = cue("per_vehicle").search(clause) or "vehicle" in claim.unit
    about = cue("material").search(reading.sentence(claim)) or claim.material not in {
        "none",
        "other",
    }
    battery = cue("battery").search(reading.sentence(claim))
    return bool(per and about and not battery and cue("extra").search(clause))


def _mass(reading: Reading, claim: StatedClaim) -> float:
    """Kilograms in one vehicle, if that is what a claim states; else 0."""
    mass = claim.unit.partition("/")[0].split()[0] if claim.unit else ""
    if mass not in _KG or not claim.value or claim.metric not in {"tonnage", "other", "capacity"}:
        return 0.0
    clause = reading.clause(claim)
    per = cue("per_vehicle").search(clause) or "vehicle" in claim.unit
    about = cue("material").search(reading.around(claim)) or claim.material in {"REE", "NdFeB"}
    return claim.value * _KG[mass] if per and about else 0.0


def _implied_price(reading: Reading, cost: StatedClaim, masses: Sequence[StatedClaim]) -> Finding:
    """A cost over a mass is a price; beyond all known prices it is implausible."""
    price = quantities()["magnet_price"]
    content: Figure | None = None
    if masses:
        kilograms, told = _mass(reading, masses[0]), masses[0].span
    else:
        content = max(figures_of("magnets_per_ev"), key=lambda figure: figure.value)
        kilograms, told = content.value, f"{content.value:g} kg ({content.publisher})"
    money = currency(cost)
    value = (cost.value or 0.0) / kilograms
    dollars, rate = _in_dollars(value, money)
    highest = price.plausible_high or 0.0
    worked = tr(
        "{cost} {money} / {mass} kg = {price} {money} per kg",
        cost=f"{cost.value:,g}", money=money, mass=f"{kilograms:g}", price=f"{value:,.4g}",
    )  # fmt: skip
    if rate:
        worked = tr(
            "{sum} = {price} USD per kg at {rate} {unit}",
            sum=worked, price=f"{dollars:,.4g}", rate=f"{rate.value:g}", unit=rate.unit,
        )  # fmt: skip
    text = tr(
        "{sum}; known prices: {low} to {high} USD/kg ({reason})",
        sum=worked, low=f"{price.plausible_low:g}", high=f"{highest:g}", reason=said(price.why),
    )  # fmt: skip
    known = figures_of("magnet_price") + ((content,) if content else ()) + ((rate,) if rate else ())
    claims = (cost, *masses[:1])
    title = tr(
        "{cost} per vehicle over {mass} implies {price} {money} per kg",
        cost=span_text(cost), mass=told, price=f"{value:,.4g}", money=money,
    )  # fmt: skip
    if dollars > method("checks/implausible_factor") * highest:
        most = number_text(highest * kilograms, "USD")
        return Finding(
            "implied price", "likely error", "implausible", title, claims, text, known,
            tr("At the highest known price {mass} kg cost {most}; the rest would have to be "
               "something else than rare earths.", mass=f"{kilograms:g}", most=most),
            price.quantity, (cost,),
        )  # fmt: skip
    fits = dollars <= highest
    return Finding(
        "implied price", "agrees" if fits else "disagrees", "agrees" if fits else "differs",
        title, claims, text, known, "", price.quantity,
    )  # fmt: skip


def _in_dollars(value: float, money: str) -> tuple[float, Figure | None]:
    if money == "USD":
        return value, None
    for one, other, turn in (("USD", money, False), (money, "USD", True)):
        found = exchange(one, other)
        if found:
            rate = found[1]
            return (value / rate.value if turn else value * rate.value), rate
    return value, None
