"""The run against the record: series and single figures, failures first, baselines beside them."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from terbium.base.speech import tr, trn
from terbium.report import tables
from terbium.report.blocks import Block, Column, Record, RunView, Section, Table, Text
from terbium.report.words import (
    DASH,
    amount,
    between,
    capital,
    day,
    decimal,
    month,
    never,
    percent,
    value,
)

_BASELINES = ("persistence", "base_mean", "analogue")
_USES = ("all", "calibrate", "validate")
_OUT_OF_SAMPLE = "out-of-sample"
_SHARES, _BARE = ("frac",), ("1", "ratio", "x", "binary", "elasticity")
_MOST_MISSES = 12
_EVALUATED = "evaluated"


def _note() -> str:
    return tr(
        "Log-RMSE: root mean square of the log ratio of median to record, 0.2 is about 20 %. Last "
        "month repeats the last full month on record before the measure took force, base mean the "
        "mean month of the base year, analogue the path that Chinese gallium exports took after "
        "August 2023. All three know nothing of this law. In brackets: the model on the rows that "
        "a baseline answers."
    )


def _baselines() -> Mapping[str, str]:
    return {
        "persistence": tr("Last month"),
        "base_mean": tr("Base mean"),
        "analogue": tr("Analogue"),
    }


def _uses() -> Mapping[str, str]:
    return {"all": tr("all"), "calibrate": tr("fitted to"), "validate": tr("held back")}


def scores_section(view: RunView) -> Section:
    """Scores of the run beside the baselines, where the model is beaten first."""
    board: Mapping[str, Any] = view.summary.get("scoreboard") or {}
    rows = [row for row in board.get("rows", ()) if row["hit"] is not None]
    if not rows and not view.rows("scores"):
        text = Text(
            [tr("Nothing on record falls into this run after a measure: there is no score.")]
        )
        return Section("scores", tr("Scores"), tr("The model against the record."), [text])
    lead = tr(
        "The model against the record, beside baselines that know nothing of the law. Where the "
        "model is beaten, or misses, it stands first."
    )
    blocks: list[Block] = []
    if rows:
        blocks += [Text(_standing(board, rows)), *_series(view, board), *_figures(view, rows)]
        blocks += _missing(board)
    else:
        blocks.append(tables.score_table(view))
    if view.rows("scores"):
        blocks.append(tables.interval_table(view))
    return Section("scores", tr("Scores"), lead, blocks)


def _standing(board: Mapping[str, Any], rows: Sequence[Record]) -> list[str]:
    """Say how many figures are hit, and whether any of it is out of sample."""
    hits = sum(bool(row["hit"]) for row in rows)
    said = [
        trn(
            "{n} recorded figure of this scenario can be read off the run; {hits} lie within their "
            "tolerance, {misses} do not.",
            "{n} recorded figures of this scenario can be read off the run; {hits} lie within "
            "their tolerance, {misses} do not.",
            len(rows),
            hits=hits,
            misses=len(rows) - hits,
        )
    ]
    outside = board["out_of_sample"]
    frozen = board["frozen"]
    if outside:
        said.append(
            trn(
                "{n} score out of sample: the parameters were frozen on {day}, before the figure's "
                "last day.",
                "{n} scores out of sample: the parameters were frozen on {day}, before the "
                "figure's last day.",
                outside,
                day=day(frozen["date"]),
            )
        )
    else:
        said.append(tr("No score here is out of sample: {reason}.", reason=_why_not(board)))
    if board["is_changed"]:
        said.append(
            tr(
                "This run changed the scenario. Its scores are those of another history and say "
                "nothing about the model."
            )
        )
    return said


def _why_not(board: Mapping[str, Any]) -> str:
    frozen = board["frozen"]
    if frozen is None:
        return tr("no parameters were frozen before the data were there")
    if frozen["parameter_hash"] != board["parameter_hash"]:
        return tr(
            "the parameters of this run are not those that were frozen on {day}",
            day=day(frozen["date"]),
        )
    return tr(
        "the parameters were frozen on {day}, when the figures were known", day=day(frozen["date"])
    )


def _series(view: RunView, board: Mapping[str, Any]) -> list[Block]:
    """Two tables of the series: errors beside baselines, and intervals with their width."""
    rows = _by_series([row for row in board["families"] if row["by"] in ("series", "all")])
    if not rows:
        return []
    whole, later = (_beaten(rows, use) for use in ("all", "validate"))
    told = {"beaten": whole[0], "all": whole[1]}
    caption = tr("A baseline beats the model on {beaten} of {all} series.", **told)
    if later[1]:
        caption = tr(
            "A baseline beats the model on {beaten} of {all} series, and on {later} of {others} "
            "where only months held back count.",
            later=later[0],
            others=later[1],
            **told,
        )
    columns = (
        Column(tr("Series")),
        Column(tr("Used")),
        Column("n", number=True),
        Column(tr("Hits"), number=True),
        Column(tr("Model"), "log-RMSE", number=True),
        Column(tr("90 % interval"), number=True),
        *_baseline_columns(view),
        Column(tr("Least error")),
    )
    cells = [_series_cells(view, row) for row in rows]
    return [Table(caption, columns, cells, _note()), _interval_table(view, rows)]


def _beaten(rows: Sequence[Record], use: str) -> tuple[int, int]:
    """Series of a use on which a baseline has the least error, and those with a verdict."""
    winners = [r["winner"] for r in rows if (r["by"], r["use"]) == ("series", use) and r["winner"]]
    return sum(winner != "model" for winner in winners), len(winners)


def _baseline_columns(view: RunView) -> list[Column]:
    mean = tr("Mean of {year}", year=view.run["base_year"])
    named = {**_baselines(), "base_mean": mean}
    return [Column(text, number=True) for text in named.values()]


def _by_series(rows: Sequence[Record]) -> list[Record]:
    """Uses of a series under it, the series in the order of their whole, all figures at the end."""
    order = [(row["by"], row["family"]) for row in rows if row["use"] == "all"]
    uses = list(_USES)
    known = [row for row in rows if (row["by"], row["family"]) in order]
    return sorted(
        known,
        key=lambda row: (
            row["by"] == "all", order.index((row["by"], row["family"])), uses.index(row["use"]),
        ),
    )  # fmt: skip


def _series_cells(view: RunView, row: Record) -> tuple[str, ...]:
    low, high = row["low90"], row["high90"]
    winner = row["winner"]
    return (
        _series_name(view, row),
        _uses()[row["use"]],
        str(row["rows"]),
        str(row["hits"]),
        _score(row["log_rmse"]),
        DASH if low is None else between(_score(low), _score(high)),
        *(_beside(row, name) for name in _BASELINES),
        _winner(winner),
    )


def _winner(winner: str | None) -> str:
    if winner is None:
        return DASH
    return tr("model") if winner == "model" else _baselines()[winner].lower()


def _beside(row: Record, name: str) -> str:
    """Error of a baseline; the model's on the same rows in brackets, where it answers fewer."""
    found = row["baselines"].get(name)
    if found is None:
        return DASH
    own = found["model_log_rmse"]
    same = _score(own) == _score(row["log_rmse"])
    return _score(found["log_rmse"]) + ("" if same else f" ({_score(own)})")


def _interval_table(view: RunView, rows: Sequence[Record]) -> Table:
    whole = next((row for row in rows if row["by"] == "all" and row["use"] == "all"), rows[-1])
    caption = tr(
        "The 50 % interval holds {half} of the record, the 90 % interval {most}.",
        half=_part(whole["coverage50"]),
        most=_part(whole["coverage90"]),
    )
    columns = (
        Column(tr("Series")),
        Column(tr("Used")),
        Column(tr("Inside 50 %"), number=True),
        Column(tr("Width of 50 %"), tr("high / low"), number=True),
        Column(tr("Inside 90 %"), number=True),
        Column(tr("Width of 90 %"), tr("high / low"), number=True),
        Column(tr("Signs right"), number=True),
        Column(tr("Turns right"), number=True),
    )
    cells = [
        (
            _series_name(view, row),
            _uses()[row["use"]],
            _part(row["coverage50"]),
            _score(row["width50"]),
            _part(row["coverage90"]),
            _score(row["width90"]),
            _right(row["signs"]),
            _right(row["turning_points"]),
        )
        for row in rows
    ]
    note = tr(
        "An interval that holds more than its share is too wide, one that holds less too narrow."
    )
    return Table(caption, columns, cells, note, folded=True)


def _series_name(view: RunView, row: Record) -> str:
    if row["by"] == "all":
        return tr("All figures")
    return capital(_what(view, str(row["family"]).partition(": ")[2]))


def _what(view: RunView, key: str) -> str:
    """Quantity, subject and place of a key in words."""
    quantity, subject, place, *_ = (*key.split("/"), "", "")
    told = tr(quantity.replace(".", " ").replace("_", " "))
    named = ", ".join(view.name(part) for part in subject.split("+"))
    ends = [" and ".join(view.place(p) for p in end.split("+")) for end in place.split(">")]
    route = " to ".join(ends)
    if len(ends) == 2:
        route = tr("{origin} to {destination}", origin=ends[0], destination=ends[1])
    return tr("{quantity} of {subject}, {route}", quantity=told, subject=named, route=route)


def _figures(view: RunView, rows: Sequence[Record]) -> list[Block]:
    """The worst misses in full view, all figures under a caption."""
    misses = [row for row in rows if not row["hit"]]
    columns = (
        Column(tr("Figure")),
        Column(tr("When, and used")),
        Column(tr("Recorded"), number=True),
        Column(tr("Model"), number=True),
        Column(tr("90 % interval"), number=True),
        Column(tr("Verdict")),
        Column(tr("Score"), number=True),
        *_baseline_columns(view),
    )
    note = tr(
        "Score: CRPS of the model, absolute error of the baselines; on logs for amounts, in the "
        "figure's own unit otherwise; lower is better. Out of sample only where it says so."
    )
    shown = misses[:_MOST_MISSES]
    blocks: list[Block] = []
    if shown:
        caption = trn(
            "The model misses {misses} of {n} figure; the worst first.",
            "The model misses {misses} of {n} figures; the worst first.",
            len(rows),
            misses=len(misses),
        )
        blocks.append(Table(caption, columns, [_cells(view, row) for row in shown], note))
    inside = trn(
        "All figures, misses first: {inside} of {n} figure within tolerance.",
        "All figures, misses first: {inside} of {n} figures within tolerance.",
        len(rows),
        inside=len(rows) - len(misses),
    )
    every = [_cells(view, row) for row in rows]
    blocks.append(Table(inside, columns, every, note, True, on_paper=False))
    return blocks


def _cells(view: RunView, row: Record) -> tuple[str, ...]:
    unit = row["unit"].partition(" (")[0]
    low, high = row["low90"], row["high90"]
    is_outside = row["standing"] == _OUT_OF_SAMPLE
    return (
        _title(view, row),
        f"{_when(row['key'])}, {_uses().get(row['use'], row['use'])}",
        _figure(row["observed"], unit),
        _figure(row["model"], unit),
        DASH if low is None else _span(low, high, unit),
        _verdict(bool(row["hit"]), is_outside),
        _score(row["score"]),
        *(_score(row["baselines"].get(name, {}).get("score")) for name in _BASELINES),
    )


def _verdict(is_hit: bool, is_outside: bool) -> str:
    if is_outside:
        return tr("hit out of sample") if is_hit else tr("MISS out of sample")
    return tr("hit") if is_hit else tr("MISS")


def _title(view: RunView, row: Record) -> str:
    """What was recorded; beside a miss also whose figure it is."""
    told = " to ".join(map(str.strip, row["observable"].split("->")))
    note = "" if row["hit"] or not row["key_note"] else f" ({row['key_note']})"
    return capital(told or _what(view, row["key"])) + note


def _span(low: object, high: object, unit: str) -> str:
    """An interval with its unit once, where neither end is never."""
    ends = [value(low), value(high)]
    if unit in _SHARES or unit in _BARE or any(math.isinf(end) for end in ends):
        return between(*(_figure(end, unit) for end in ends))
    return f"{between(*(amount(end) for end in ends))} {unit}"


def _when(key: str) -> str:
    """Period of a key in words."""
    period = (*key.split("/"), "", "", "", "")[3]
    ends = [_day_or_month(end) for end in period.split("..")]
    return between(ends[0], ends[-1])


def _day_or_month(text: str) -> str:
    parts = text.split("-")
    if not all(part.isdigit() for part in parts):
        return text
    if parts[1:] and not parts[2:]:
        return month(text)
    return day(text) if parts[2:] else text


def _missing(board: Mapping[str, Any]) -> list[Block]:
    """Figures on record that this run cannot be held against, and why."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for row in board["rows"]:
        if row["status"] != _EVALUATED and row["role"] == "output":
            reasons.setdefault((row["status"], row["reason"]), []).append(row["id"])
    if not reasons:
        return []
    cells = [
        (capital(reason), tr(status.replace("_", " ")), str(len(ids)), " ".join(sorted(ids)))
        for (status, reason), ids in sorted(reasons.items(), key=lambda item: -len(item[1]))
    ]
    columns = (
        Column(tr("Why")),
        Column(tr("Status")),
        Column(tr("Figures"), number=True),
        Column(tr("Which")),
    )
    number = sum(len(ids) for ids in reasons.values())
    caption = trn(
        "{n} further recorded figure cannot be read off this run.",
        "{n} further recorded figures cannot be read off this run.",
        number,
    )
    return [Table(caption, columns, cells, folded=True)]


def _figure(cell: object, unit: str) -> str:
    number = value(cell)
    if math.isinf(number):
        return never()
    if unit in _SHARES:
        return percent(number, sign=number < 0)
    return amount(number) if unit in _BARE else f"{amount(number)} {unit}"


def _score(number: float | None) -> str:
    return DASH if number is None else decimal(value(number))


def _part(share: float | None) -> str:
    return DASH if share is None else percent(share)


def _right(found: Mapping[str, int]) -> str:
    return tr("{part} of {whole}", part=found["right"], whole=found["of"]) if found["of"] else DASH
