"""Families of estimates: what they are, where a run uses them, and where that is written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from terbium.base.speech import tr

_DATASET = "dataset.html"
_METHOD = "method.html"


def _note(name: str) -> str:
    return f"design/{name}.html"


_BALANCING, _LINES, _QUEUE = (
    _note("006-balancing"),
    _note("007-lines"),
    _note("004-licence-queue"),
)
_ORDERS, _WORLD = _note("005-orders-and-rationing"), _note("014-world-table")


@dataclass(frozen=True)
class Family:
    """A family of estimates, told in the language of the reader.

    Attributes
    ----------
    key
        First part of their names.
    title, used
        What they are, and what a run does with them.
    manual
        Page of the manual on the equations, below ``/manual/``.
    """

    key: str
    title: str
    used: str
    manual: str


_Told = tuple[Callable[[], str], Callable[[], str], str]

_FAMILIES: Mapping[str, _Told] = MappingProxyType(
    {
        "behaviour": (
            lambda: tr("Conduct of buyers and makers"),
            lambda: tr(
                "Each step of a run: how quickly orders follow need, how much is hoarded, how "
                "orders move to suppliers that deliver, and how buyers answer a duty."
            ),
            _ORDERS,
        ),
        "capacity_slack": (
            lambda: tr("Slack of capacities"),
            lambda: tr("How far a node may run above its flow of the base year."),
            _ORDERS,
        ),
        "composition": (
            lambda: tr("Elements in ore, by deposit"),
            lambda: tr(
                "What a tonne of concentrate yields: the basket of its deposit, element by element."
            ),
            _BALANCING,
        ),
        "content": (
            lambda: tr("Content of magnets and products"),
            lambda: tr(
                "Elements in a tonne of magnet, and magnets in a product: joins the material chain "
                "to what is made of it."
            ),
            _DATASET,
        ),
        "demand": (
            lambda: tr("Demand for magnets, by region"),
            lambda: tr("A figure that the balanced graph comes as near to as the others allow."),
            _BALANCING,
        ),
        "enduse": (
            lambda: tr("End use of magnets, by industry"),
            lambda: tr("Share of an industry in a region's use; sets the flows to industries."),
            _BALANCING,
        ),
        "grade": (
            lambda: tr("Elements in magnets, by grade"),
            lambda: tr("Turns an order for products into kilograms of elements."),
            _DATASET,
        ),
        "hre_share": (
            lambda: tr("Share of magnets with heavy rare earths"),
            lambda: tr("Divides an industry's magnets into those that fall under control and not."),
            _BALANCING,
        ),
        "licensing": (
            lambda: tr("Licences and the desk that decides them"),
            lambda: tr(
                "Pace of the desk, weights of destinations and uses, shares granted, and how long "
                "a licence holds. The queue of a run is made of these."
            ),
            _QUEUE,
        ),
        "line_size": (
            lambda: tr("Size of a line"),
            lambda: tr("How many lines the parts of an industry fill."),
            _LINES,
        ),
        "lines": (
            lambda: tr("Number of lines"),
            lambda: tr("Turns a stop of lines into weeks in which an industry stands still."),
            _LINES,
        ),
        "oxide_factor": (
            lambda: tr("Oxide per mass of element"),
            lambda: tr("Converts tonnes of oxide into tonnes of element."),
            _BALANCING,
        ),
        "parts_sourcing": (
            lambda: tr("Where regions get vehicle parts"),
            lambda: tr("Flows of parts with magnets between regions."),
            _LINES,
        ),
        "processing": (
            lambda: tr("Separation, by plant and ore"),
            lambda: tr("A figure that the balanced graph comes as near to as the others allow."),
            _BALANCING,
        ),
        "production": (
            lambda: tr("Output of mines and magnet makers"),
            lambda: tr("A figure that the balanced graph comes as near to as the others allow."),
            _BALANCING,
        ),
        "recovery": (
            lambda: tr("Recovery, by stage"),
            lambda: tr("Share of what enters a stage that leaves it as its product."),
            _BALANCING,
        ),
        "region_share": (
            lambda: tr("Oxide use, by region"),
            lambda: tr("Share of a region in an industry's use of oxides outside magnets."),
            _BALANCING,
        ),
        "share": (
            lambda: tr("Shares of metal making"),
            lambda: tr("Share of a region in the metal that is made of oxides."),
            _BALANCING,
        ),
        "stock": (
            lambda: tr("Stocks and days of cover"),
            lambda: tr(
                "What a holder has in hand when supply stops: with its use, the day on which a "
                "line stands still."
            ),
            _ORDERS,
        ),
        "trade": (
            lambda: tr("Trade between regions"),
            lambda: tr(
                "Tonnes that crossed a border in the base year; the balanced graph comes near them."
            ),
            _BALANCING,
        ),
        "transit": (
            lambda: tr("Transit times"),
            lambda: tr("Weeks between shipment and arrival."),
            _METHOD,
        ),
        "unit_value": (
            lambda: tr("Values per tonne"),
            lambda: tr("Turns tonnes of a flow into money; no price forms in a run."),
            _METHOD,
        ),
        "use": (
            lambda: tr("Uses of oxides outside magnets"),
            lambda: tr("Share of an industry in the use of an oxide."),
            _BALANCING,
        ),
        "yield": (
            lambda: tr("Yield of magnet making"),
            lambda: tr("Finished magnets out of alloy; the rest is swarf, part of which returns."),
            _BALANCING,
        ),
        "economy": (
            lambda: tr("The world table: industries, stocks, conduct, output"),
            lambda: tr(
                "How much of an industry stands on lines that stop, and how a loss travels on "
                "through the input-output table."
            ),
            _WORLD,
        ),
    }
)


def family(key: str) -> Family:
    """A family by the first part of its names; one that is not described has its key for a title.

    Examples
    --------
    >>> family("lines").title
    'Number of lines'
    """
    told = _FAMILIES.get(key)
    if told is None:
        return Family(key, key, "", _DATASET)
    title, used, manual = told
    return Family(key, title(), used(), manual)


def grade_meaning(grade: str) -> str:
    """What a grade says of an estimate."""
    return {
        "A": tr("official statistic or legal text, read"),
        "B": tr("reputable secondary source, read"),
        "C": tr("recalled, or one trade source"),
        "D": tr("a guess: our own estimate"),
    }.get(grade, "")


def shape_meaning(shape: str) -> str:
    """How draws are taken from an estimate."""
    return {
        "lognormal": tr("drawn on the scale of its logarithm, each side with its own width"),
        "logit": tr("a share: drawn on the scale of its log odds, each side with its own width"),
        "normal": tr("drawn from a normal distribution, each side with its own width"),
        "fixed": tr("fixed: the same in every draw"),
    }.get(shape, "")


def confidence_meaning(confidence: str) -> str:
    """How a claim came to be known."""
    return {
        "read": tr("read"),
        "recalled": tr("recalled, not opened"),
        "estimate": tr("an estimate"),
    }.get(confidence, confidence)
