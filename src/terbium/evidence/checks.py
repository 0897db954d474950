"""All checks of stated claims: within a text, against sources, against one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from terbium.evidence.checks_between import check_between
from terbium.evidence.checks_dates import check_dates
from terbium.evidence.checks_prices import check_prices
from terbium.evidence.checks_rates import check_rates
from terbium.evidence.checks_ratios import check_ratios
from terbium.evidence.checks_series import check_series
from terbium.evidence.checks_sums import check_sums
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import VERDICTS, Finding, Verdict
from terbium.evidence.quantities import Quantity, quantity_of
from terbium.evidence.readings import Reading


@dataclass(frozen=True)
class Checked:
    """Findings of a text, the gravest first, and a verdict on each of its claims.

    Attributes
    ----------
    findings
        Each with its claims, sources and arithmetic.
    verdicts
        By document and claim; a claim that no check reached cannot be checked.
    """

    findings: tuple[Finding, ...]
    verdicts: Mapping[tuple[str, str], Verdict]

    def of(self, claim: StatedClaim) -> list[Finding]:
        """Findings that speak of a claim."""
        return [finding for finding in self.findings if claim in finding.claims]


def check_claims(
    texts: Mapping[str, str],
    claims: Sequence[StatedClaim],
    against: Iterable[StatedClaim] = (),
    against_texts: Mapping[str, str] | None = None,
) -> Checked:
    """Check claims by arithmetic, by what sources say, and against one another.

    Parameters
    ----------
    texts
        Documents by name.
    claims
        Their claims, linked.
    against
        Claims of other documents; findings that touch none of `claims` are left out.
    against_texts
        The texts of these, if they are at hand.

    Returns
    -------
    Checked
        A finding stands once, however many claims it is about.
    """
    others = tuple(against)
    reading = Reading({**(against_texts or {}), **texts}, (*claims, *others))
    meant = name_quantities(reading)
    own = {(claim.document, claim.claim_id) for claim in claims}
    found = [
        *check_sums(reading), *check_rates(reading), *check_ratios(reading),
        *check_prices(reading), *check_dates(reading), *check_series(reading, meant),
        *check_between(reading, meant),
    ]  # fmt: skip
    kept = [
        finding
        for finding in found
        if any((claim.document, claim.claim_id) in own for claim in finding.claims)
    ]
    findings = tuple(sorted(kept, key=lambda finding: finding.rank))
    return Checked(findings, _verdicts(claims, findings))


def name_quantities(reading: Reading) -> dict[StatedClaim, Quantity]:
    """The known quantity that each stated claim speaks of; claims on none are left out."""
    named = {claim: quantity_of(claim, reading) for claim in reading.stated}
    return {claim: quantity for claim, quantity in named.items() if quantity is not None}


def with_quantities(texts: Mapping[str, str], claims: Sequence[StatedClaim]) -> list[StatedClaim]:
    """The same rows with the key of the known quantity in `quantity_group`.

    A row that translates or repeats another has the group of that row; a group that a row has
    already is kept.
    """
    reading = Reading(texts, claims)
    keys = {
        (claim.document, claim.claim_id): quantity.quantity
        for claim, quantity in name_quantities(reading).items()
    }
    return [
        claim
        if claim.quantity_group
        else replace(
            claim,
            quantity_group=keys.get(
                (claim.document, claim.claim_id), keys.get((claim.document, claim.duplicate_of), "")
            ),
        )
        for claim in claims
    ]


def _verdicts(
    claims: Sequence[StatedClaim], findings: Iterable[Finding]
) -> dict[tuple[str, str], Verdict]:
    """The gravest verdict of any finding on a claim or on the row that it repeats."""
    worst: dict[tuple[str, str], Verdict] = defaultdict(lambda: VERDICTS[-1])
    for finding in findings:
        for claim in finding.judged or finding.claims:
            key = (claim.document, claim.claim_id)
            worst[key] = min(worst[key], finding.verdict, key=VERDICTS.index)
    return {
        (claim.document, claim.claim_id): min(
            worst[claim.document, claim.claim_id],
            worst[claim.document, claim.duplicate_of or claim.claim_id],
            key=VERDICTS.index,
        )
        for claim in claims
    }
