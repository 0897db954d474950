"""What two saved runs were made from, and where that parts: by kind, with the cause of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from terbium.results.context import Row
from terbium.results.store import RunFolder

KINDS: Final = {
    "law": "Law",
    "shocks": "Shocks",
    "data": "Data",
    "parameters": "Parameters",
    "responses": "Responses and rules",
    "window": "Window and recording",
    "code": "Code",
    "sampling": "Seed and draws",
}
"""Kinds of differences, in the order in which they are told."""

_KIND_OF: Final = {
    "measures": "law",
    "headline": "law",
    "shocks": "shocks",
    "dataset": "data",
    "base_year": "data",
    "responses": "responses",
    "rules": "responses",
    "horizon": "window",
    "covers": "window",
    "base_period": "window",
    "recording": "window",
    "draws": "sampling",
    "design": "sampling",
    "seed": "sampling",
}
_PRIVATE = "private tables"
_ABSENT = "absent"
_MOST_NAMED = 3
# told measure by measure
_TOLD_APART = ("measures.include", "measures.exclude", "measures.overlays")


@dataclass(frozen=True)
class Difference:
    """One thing that parts two runs.

    Parameters
    ----------
    kind
        One of `KINDS`.
    what
        Path or name of what differs.
    before, after
        Values in the first and in the second run, as text.
    cause
        Which act of the user brought it about: a mix, an option, another scenario, dataset or
        code. Differences with one cause belong together.
    """

    kind: str
    what: str
    before: str
    after: str
    cause: str

    def to_dict(self) -> Row:
        """The difference as a row."""
        return {
            "kind": self.kind,
            "what": self.what,
            "before": self.before,
            "after": self.after,
            "cause": self.cause,
        }


def differences(first: RunFolder, second: RunFolder) -> tuple[Difference, ...]:
    """Find what parts two runs.

    Parameters
    ----------
    first, second
        Saved runs.

    Returns
    -------
    tuple of Difference
        By kind, in the order of `KINDS`. Values out of folders of the user's own are never told:
        their hash stands for them.
    """
    pair = _Pair(first, second)
    found = [
        *pair.measures(),
        *pair.register(),
        *pair.fields(),
        *pair.data(),
        *pair.parameters(),
        *pair.code(),
    ]
    order = list(KINDS)
    return tuple(sorted(found, key=lambda one: (order.index(one.kind), one.what)))


def is_paired(first: RunFolder, second: RunFolder) -> tuple[bool, str]:
    """Whether draw i of one run has the deviates of draw i of the other, and why or why not."""
    if first.manifest["seed"] != second.manifest["seed"]:
        return False, "the seeds differ, so that draws of the two runs have nothing in common"
    if first.manifest["draws"] != second.manifest["draws"]:
        return False, "the numbers of draws differ, so that medians are of other draws"
    if first.manifest["scenario"].get("design") != second.manifest["scenario"].get("design"):
        return False, "the designs differ, so that draws of the two runs have nothing in common"
    if list(first.parameters.index) != list(second.parameters.index):
        return False, "the datasets name other parameters, so that equal draws differ in all values"
    return True, "same seed and same parameters: draw by draw the runs differ only in what is named"


def summary_lines(
    found: Sequence[Difference], first: RunFolder, second: RunFolder
) -> dict[str, str]:
    """One plain sentence for each kind, whether it differs or not."""
    lines = {}
    for kind, title in KINDS.items():
        inside = [one for one in found if one.kind == kind]
        if not inside:
            lines[kind] = f"{title}: the same{_same_words(kind, first, second)}."
            continue
        causes = ", ".join(dict.fromkeys(one.cause for one in inside))
        number = "1 difference" if not inside[1:] else f"{len(inside)} differences"
        names = ", ".join(one.what for one in inside[:_MOST_NAMED])
        more = f" and {len(inside) - _MOST_NAMED} more" if inside[_MOST_NAMED:] else ""
        lines[kind] = f"{title}: {number}, by {causes}: {names}{more}."
    return lines


def attribution(found: Sequence[Difference]) -> str:
    """Say whether effects can be ascribed to one difference by this comparison alone."""
    if not found:
        return "Nothing parts these runs; figures that differ all the same would be a fault."
    causes = list(dict.fromkeys((one.kind, one.cause) for one in found if one.kind != "sampling"))
    names = list(dict.fromkeys(cause for _, cause in causes))
    if not causes:
        return "Only the draws differ: whatever differs in the figures is the error of drawing."
    if not causes[1:]:
        parts = sum(one.kind != "sampling" for one in found)
        whole = ", to all that it changes together and to no part of it" if parts > 1 else ""
        return (
            f"One change parts these runs ({names[0]}): effects beyond the Monte Carlo error are "
            f"to be ascribed to it{whole}."
        )
    if not names[1:]:
        kinds = " and ".join(KINDS[kind].lower() for kind, _ in causes)
        return (
            f"One change parts these runs ({names[0]}), and it touches {kinds}: effects belong to "
            "it as a whole. This comparison alone cannot ascribe them to one of these."
        )
    told = "; ".join(f"{KINDS[kind].lower()} ({cause})" for kind, cause in causes)
    return (
        f"{len(causes)} changes part these runs at once: {told}. This comparison alone cannot "
        "ascribe the effect to one of them; make the changes one at a time and compare again."
    )


def _same_words(kind: str, first: RunFolder, second: RunFolder) -> str:
    manifest = first.manifest
    if kind == "code":
        return f" (version {manifest['code_version']})"
    if kind == "data":
        return f" ({manifest['dataset']})"
    if kind == "sampling":
        return f" (seed {manifest['seed']}, {manifest['draws']} draws)"
    if kind == "law" and not second.manifest.get("measures"):
        return " (no measures)"
    return ""


class _Pair:
    """Two runs side by side."""

    def __init__(self, first: RunFolder, second: RunFolder) -> None:
        self.first, self.second = first, second
        self.manifests = (first.manifest, second.manifest)
        self.scenarios: tuple[dict[str, Any], ...] = tuple(m["scenario"] for m in self.manifests)

    def measures(self) -> Iterator[Difference]:
        """Measures that one run plays and the other does not, and those that read otherwise."""
        before, after = (m["measures"] for m in self.manifests)
        cause = self._cause("measures.include", "measures.exclude", "measures")
        for name in sorted({*before, *after}):
            if before.get(name) == after.get(name):
                continue
            if name in before and name in after:
                yield Difference("law", name, before[name], after[name], "another register")
            else:
                states = ["played" if name in side else "left out" for side in (before, after)]
                yield Difference("law", name, states[0], states[1], cause)
        laid = [_supposed(scenario) for scenario in self.scenarios]
        for name in sorted({*laid[0], *laid[1]}):
            told = [side.get(name, "nothing") for side in laid]
            if told[0] != told[1]:
                cause = self._cause("measures.overlays", "measures")
                yield Difference("law", f"{name}, supposed", told[0], told[1], cause)

    def register(self) -> Iterator[Difference]:
        """The register as a whole, where no measure that is played tells of the change."""
        keys = ("register_hash", "evidence_date")
        for key in keys:
            before, after = (str(m[key]) for m in self.manifests)
            if before != after:
                what = key.replace("_", " ")
                yield Difference("law", what, _short(before), _short(after), "another register")

    def fields(self) -> Iterator[Difference]:
        """Fields of the scenario, parameters and measures aside."""
        before, after = (dict(_leaves(s)) for s in self.scenarios)
        for path in sorted({*before, *after}):
            kind = _KIND_OF.get(path.partition(".")[0])
            if kind is None or path in _TOLD_APART:
                continue
            values = [_text(side.get(path, _ABSENT)) for side in (before, after)]
            if values[0] != values[1]:
                yield Difference(kind, path, values[0], values[1], self._cause(path))

    def data(self) -> Iterator[Difference]:
        """The dataset, and estimates in it that differ though nobody fixed them."""
        before, after = (m["dataset_hash"] for m in self.manifests)
        if before != after:
            yield Difference("data", "dataset hash", _short(before), _short(after), self._dataset)
        hashes = [s.get("overlay_hash", "") for s in self.scenarios]
        if hashes[0] != hashes[1]:
            texts = [_short(h) if h else "none" for h in hashes]
            yield Difference("data", _PRIVATE, texts[0], texts[1], "--overlay")
        for name, old, new in self._estimates():
            if name not in self._fixed:
                yield Difference("data", name, old, new, self._dataset)

    def parameters(self) -> Iterator[Difference]:
        """Parameters that a run fixed: a value on one side, an estimate or a value on the other."""
        for name, old, new in self._estimates():
            if name in self._fixed:
                yield Difference("parameters", name, old, new, self._cause(f"set.{name}"))

    def code(self) -> Iterator[Difference]:
        """Version and sources."""
        for key, what in (("code_version", "version"), ("code_hash", "sources")):
            before, after = (str(m[key]) for m in self.manifests)
            if before != after:
                yield Difference("code", what, _short(before), _short(after), "another code")

    @property
    def _dataset(self) -> str:
        return (
            "another dataset" if self._names_differ("dataset") else "another state of the dataset"
        )

    @property
    def _fixed(self) -> set[str]:
        return {name for scenario in self.scenarios for name in scenario.get("set", {})}

    def _names_differ(self, key: str) -> bool:
        return bool(self.manifests[0][key] != self.manifests[1][key])

    def _estimates(self) -> Iterator[tuple[str, str, str]]:
        tables = (self.first.parameters, self.second.parameters)
        rows = [dict(zip(t.index, _cells(t), strict=True)) for t in tables]
        for name in sorted({*rows[0], *rows[1]}):
            old, new = (side.get(name, _ABSENT) for side in rows)
            if old != new:
                yield name, old, new

    def _cause(self, *paths: str) -> str:
        """Where the value of a path came from, in the run that departs from the scenario's file."""
        for manifest in reversed(self.manifests):
            for row in reversed(manifest["overrides"]):
                if row["path"] in paths:
                    return _origin(row)
        mixes = [list(m["mixes"]) for m in self.manifests]
        if mixes[0] != mixes[1]:
            alone = [m for m in (*mixes[1], *mixes[0]) if (m in mixes[0]) != (m in mixes[1])]
            return f"mix {' + '.join(alone or mixes[1])}"
        if self._names_differ("scenario_name"):
            return "scenario " + " and ".join(m["scenario_name"] for m in self.manifests)
        return "another state of the scenario's file"


def _supposed(scenario: Mapping[str, Any]) -> dict[str, str]:
    """What a scenario's own overlays do to each measure, in words."""
    found: dict[str, str] = {}
    for one in scenario["measures"].get("overlays", ()):
        told = f"{one['kind']} from {one['from']}" + (f" to {one['to']}" if one["to"] else "")
        found[one["measure"]] = "; ".join(filter(None, [found.get(one["measure"]), told]))
    return found


def _origin(row: Mapping[str, Any]) -> str:
    path = str(row["path"]).removeprefix("set.")
    if row["origin"] == "Study argument":
        return f"--{path}"
    return f"{row['origin']} {path}" if str(row["origin"]).startswith("--") else str(row["origin"])


def _leaves(content: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in content.items():
        if isinstance(value, Mapping) and key != "set":
            yield from _leaves(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _cells(table: pd.DataFrame) -> list[str]:
    """Estimates in words: a value that is fixed, or a central value with its range."""
    columns = (table[name] for name in ("low", "central", "high", "unit"))
    return [_estimate(*row) for row in zip(*columns, strict=True)]


def _estimate(low: float, central: float, high: float, unit: str) -> str:
    told = "" if unit in ("1", "-") else f" {unit}"
    if low == high:
        return f"{central:.6g}{told}"
    return f"{central:.6g} ({low:.6g} to {high:.6g}){told}"


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value) or "none"
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_text(one)}" for key, one in value.items() if one is not None)
    return "none" if value is None else str(value)


def _short(text: str) -> str:
    return text[:12] if len(text) == len("0" * 64) else text
