"""Scoring of answers to cases, as the folder of shared cases describes it."""

from collections.abc import Mapping, Sequence

FOLD = {
    "prohibited": "prohibited",
    "denial_in_principle": "yes",
    "licence_case_by_case": "yes",
    "licence_general_ok": "yes",
    "report_only": "yes",
    "revives_by_text": "revives_by_text",
    "none": "no",
    "suspended": "suspended",
    "unknown": "unknown",
}


def is_right(row: Mapping[str, str], status: str, measures: Sequence[str]) -> bool:
    """Whether an answer is right: the expectation, or a token of ``accept_also``."""
    said = FOLD[status]
    # rows that expect `no` name the nearest act, which explains and does not decide
    names_right = not row["measure_id"] or row["measure_id"] in measures or said == "no"
    if _fits(said, row["expected"]) and names_right:
        return True
    for token in filter(None, row["accept_also"].split(";")):
        wanted, _, measure = token.partition("|")
        if _fits(said, wanted) and (not measure or measure in measures):
            return True
    return False


def is_explained(row: Mapping[str, str], status: str, measures: Sequence[str]) -> bool:
    """Whether a right `no` also names the act that nearly applied, where one is expected."""
    wants_name = row["expected"] == "no" and bool(row["measure_id"])
    return not wants_name or FOLD[status] != "no" or row["measure_id"] in measures


def _fits(said: str, wanted: str) -> bool:
    return said == wanted or (said == "revives_by_text" and wanted == "yes")
