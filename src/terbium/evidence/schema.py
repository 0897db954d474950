"""What a row of evidence is: Source, Claim, Estimate.

A *claim* is a figure that somebody stated; an *estimate* is the figure that the model uses, with
the claims behind it and the rule that made it out of them. ``low`` and ``high`` of an estimate are
its 5 % and 95 % quantiles.
"""

import math
from datetime import date
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from terbium.base.calendar import parse_date, parse_period
from terbium.base.errors import InputError
from terbium.base.units import dimension

LOW_QUANTILE: Final = 0.05
"""Share of the probability below an estimate's ``low``; as much lies above its ``high``."""

Grade = Literal["A", "B", "C", "D"]
Confidence = Literal["read", "recalled", "estimate"]
Redistributable = Literal["yes", "recipe"]
Shape = Literal["lognormal", "logit", "normal", "fixed"]
Precision = Literal["day", "month", "year"]


def _day(text: object) -> date:
    try:
        return parse_date(text if isinstance(text, date) else str(text))
    except InputError as error:
        raise ValueError("not a day that the calendar has") from error


def _period(text: object) -> str:
    try:
        parse_period(str(text))
    except InputError as error:
        raise ValueError("not a year, month, day or span") from error
    return str(text)


def _unit(text: object) -> str:
    try:
        dimension(str(text))
    except InputError as error:
        raise ValueError("not in the table of units") from error
    return str(text)


def _number(text: object) -> float | None:
    """Numbers are finite; an empty cell is None."""
    if text is None or text == "":
        return None
    value = float(str(text))
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    return value


def _keys(text: object) -> tuple[str, ...]:
    if isinstance(text, tuple | list):
        return tuple(str(key) for key in text)
    return tuple(key for key in str(text).split(";") if key)


Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
PeriodText = Annotated[str, BeforeValidator(_period)]
Unit = Annotated[str, BeforeValidator(_unit)]
Number = Annotated[float, BeforeValidator(_number)]
MaybeNumber = Annotated[float | None, BeforeValidator(_number)]
Keys = Annotated[tuple[str, ...], BeforeValidator(_keys)]


class Row(BaseModel):
    """A frozen row that knows no other columns than its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Source(Row):
    """A dated publication with its licence."""

    id: Text
    title: Text
    publisher: Text
    date: Day
    date_precision: Precision
    url: str = ""
    licence: Text
    redistributable: Redistributable
    note: str = ""


class Claim(Row):
    """A figure that somebody stated, and where. A recipe says how to get it and holds no value."""

    id: Text
    subject: Text
    quantity: Text
    value: MaybeNumber = None
    low: MaybeNumber = None
    high: MaybeNumber = None
    unit: Text
    as_of: PeriodText
    source: Text
    place: Text
    confidence: Confidence
    grade: Grade
    licence: Text
    redistributable: Redistributable
    recipe: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _value_or_recipe(self) -> Self:
        if self.redistributable == "yes":
            if self.value is None:
                raise ValueError("value: a row that may be passed on needs its value")
        elif not self.recipe:
            raise ValueError("recipe: a row that may not be passed on needs a recipe")
        elif (self.value, self.low, self.high) != (None, None, None):
            raise ValueError("value: a row that may not be passed on must not hold its value")
        return self

    @model_validator(mode="after")
    def _no_negative_amount(self) -> Self:
        try:
            measured = dimension(self.unit)
        except InputError:
            return self
        if measured.startswith(("mass", "time", "count")) and (self.value or 0) < 0:
            raise ValueError(f"value: {self.value:g} {self.unit} cannot be negative")
        return self


class Estimate(Row):
    """A figure that the model uses: median and 5 % and 95 % quantiles, in ``unit``."""

    name: Text
    low: Number
    central: Number
    high: Number
    unit: Unit
    as_of: PeriodText
    grade: Grade
    claims: Keys
    rule: Text
    shape: Shape
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.central <= self.high:
            raise ValueError(
                f"low: {self.low:g} <= {self.central:g} <= {self.high:g} does not hold"
            )
        return self

    @model_validator(mode="after")
    def _inside_its_shape(self) -> Self:
        if self.shape == "lognormal" and self.low <= 0:
            raise ValueError(f"low: {self.low:g} is not above 0, as a lognormal scale needs")
        if self.shape == "logit" and not (self.low >= 0 and self.high <= 1):
            raise ValueError("low: a share must lie between 0 and 1")
        if self.shape == "fixed" and self.low != self.high:
            raise ValueError("low: a fixed estimate has one value")
        if self.shape == "fixed" and self.low < 0:
            raise ValueError(f"low: {self.low:g} cannot be negative")
        return self

    @property
    def family(self) -> str:
        """First part of the name."""
        return self.name.split("/", 1)[0]
