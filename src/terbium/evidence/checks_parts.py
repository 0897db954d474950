"""Parts of a whole: counts out of a count, amounts that went to one place."""

from __future__ import annotations

from collections.abc import Iterator

from terbium.base.speech import tr
from terbium.evidence.documents.claim import StatedClaim
from terbium.evidence.findings import Finding, period_of, unsettled
from terbium.evidence.methods import method
from terbium.evidence.readings import Reading, cue


def part_of_count(reading: Reading, part: StatedClaim) -> Iterator[Finding]:
    """A count that is said to be out of another is a share of it."""
    near = reading.near(part, 1)
    wholes = [c for c in near if c.metric == "count" and _is_part_of(reading, part, c)]
    for whole in wholes[-1:]:
        share = (part.value or 0.0) / (whole.value or 1.0)
        text = f"{part.value:,g} / {whole.value:,g} = {100 * share:.1f} %"
        times = [
            c
            for c in reading.near(part, 0)
            if c.metric == "ratio" and c.value and c.char_offset > part.char_offset
        ]
        if times:
            other = share / (times[0].value or 1.0)
            text = tr("{sum}; {other} for the other side", sum=text,
                      other=f"/ {times[0].value:g} = {100 * other:.1f} %")  # fmt: skip
        yield unsettled(
            "part of a count", _part(part, whole, share),
            (whole, part, *times[:1]), text,
        )  # fmt: skip


def part_of_amount(reading: Reading, part: StatedClaim) -> Iterator[Finding]:
    """What went to one place is a share of the amount of the sentence before."""
    if not cue("lead_in").search(reading.before(part)):
        return
    wholes = [
        c
        for c in reading.near(part, 1)
        if (c.metric, c.unit) == (part.metric, part.unit)
        and c.char_offset < part.char_offset
        and 0 < (part.value or 0.0) < (c.value or 0.0)
        and period_of(c.year_or_date) == period_of(part.year_or_date)
    ]
    for whole in wholes[:1]:
        share = (part.value or 0.0) / (whole.value or 1.0)
        yield unsettled(
            "part of an amount", _part(part, whole, share),
            (whole, part), f"{part.value:,g} / {whole.value:,g} = {100 * share:.1f} %",
        )  # fmt: skip


def _part(part: StatedClaim, whole: StatedClaim, share: float) -> str:
    return tr("{part} of {whole} is {value}", part=part.span, whole=whole.span,
              value=f"{100 * share:.1f} %")  # fmt: skip


def _is_part_of(reading: Reading, part: StatedClaim, whole: StatedClaim) -> bool:
    """Whether one count is said to be out of another right before it."""
    if whole.char_offset >= part.char_offset or not 0 < (part.value or 0.0) < (whole.value or 0.0):
        return False
    between = reading.between(whole, part)
    if reading.sentence_number(part) != reading.sentence_number(whole):
        return cue("lead_in").search(between) is not None
    is_close = part.char_offset - whole.end <= 3 * method("checks/cue_reach")
    return is_close and cue("part_of").search(between) is not None
