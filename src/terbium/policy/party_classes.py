"""How one item stands for each class of parties in a destination, as ``decide`` answers it.

Classes, not firms: a listed party stands for all of its list, of which few names are held.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from terbium.base.gazetteer import read_table
from terbium.policy.acts import Book
from terbium.policy.answers import Decision
from terbium.policy.decide import Decider
from terbium.policy.facts import read_facts
from terbium.policy.timeline import state_of

_CIVIL, _MILITARY = "civilian use", "military use"


@dataclass(frozen=True)
class ClassAnswer:
    """The answer for a class of parties.

    Parameters
    ----------
    label
        The class in words.
    decision
        The answer for the item and one party of the class.
    acts
        Acts that list the class; none for users that no list names.
    held, size
        Names held and names that the acts list, where they say so.
    """

    label: str
    decision: Decision
    acts: tuple[str, ...] = ()
    held: int = 0
    size: int | None = None

    @property
    def alike(self) -> tuple[str, str, str, str]:
        """What two classes must share to be told together."""
        answer = self.decision.answer
        return self.label, answer.status, answer.presumption, str(answer.next_change)


def class_answers(
    decider: Decider,
    book: Book,
    item: str,
    origin: str,
    destination: str,
    on: date,
    known_on: date | None = None,
) -> list[ClassAnswer]:
    """Answers for an item by class of parties.

    Parameters
    ----------
    decider, book
        The same register, as rules and as acts.
    item
        In words: ``"NdFeB magnet, Dy 2%"``.
    origin, destination
        Regions; goods leave from where they were made.
    on, known_on
        The day, and the day of knowledge; None = the register as it stands.

    Returns
    -------
    list of ClassAnswer
        Civil and military users, parties on each list of the origin's government, and firms that
        listed parties own to half; lists of one kind that are answered alike are told together.
    """

    def asked(end_user: str, end_use: str) -> Decision:
        row = {
            "item": item, "origin": origin, "exporter_location": origin,
            "destination": destination, "end_user_type": end_user, "end_use": end_use,
            "date": str(on), "known_on": "" if known_on is None else str(known_on),
        }  # fmt: skip
        return decider.decide(read_facts(row, "party classes"))

    found = [
        ClassAnswer("civil users on no list", asked("civilian", _CIVIL)),
        ClassAnswer("military users and uses", asked("military", _MILITARY)),
    ]
    labels: dict[str, None] = {}
    listed = []
    for name, label, names, size in _lists(book, origin, on, known_on):
        labels.setdefault(label)
        listed.append(
            ClassAnswer(
                f"on {_list_name(label)}",
                asked(f"named:{names[0]}", _CIVIL),
                (name,),
                len(names),
                size,
            )  # fmt: skip
        )
    found.extend(_joined(listed))
    found.extend(
        ClassAnswer(
            f"owned to 50 % by parties on {_list_name(label)}",
            asked(f"subsidiary_50pct_of_{label}", _CIVIL),
        )
        for label in labels
    )
    return found


def _lists(
    book: Book, origin: str, on: date, known_on: date | None
) -> Iterator[tuple[str, str, tuple[str, ...], int | None]]:
    """Acts of the origin's government that list parties and stand on a day."""
    knowledge = book.knowledge(on, known_on)["lapse"]
    code = {row["alpha2"]: row["region"] for row in read_table("regions.csv")}
    for act in book:
        listing = act.data.get("party_list")
        home = code.get(act.issuer.split()[0])
        names = tuple(
            name
            for paragraph in act.provisions
            if state_of(act, paragraph, on, knowledge).name in ("in force", "suspended")
            for name in paragraph.scope.get("parties") or ()
        )
        if listing and names and home == origin and act.is_binding:
            yield act.id, listing["label"], tuple(dict.fromkeys(names)), listing.get("size")


def _joined(listed: list[ClassAnswer]) -> Iterator[ClassAnswer]:
    groups: dict[tuple[str, str, str, str], list[ClassAnswer]] = {}
    for one in listed:
        groups.setdefault(one.alike, []).append(one)
    for group in groups.values():
        sizes = [one.size for one in group]
        yield ClassAnswer(
            group[0].label,
            group[0].decision,
            tuple(name for one in group for name in one.acts),
            sum(one.held for one in group),
            None if None in sizes else sum(size or 0 for size in sizes),
        )


def _list_name(label: str) -> str:
    return next(row["name_en"] for row in read_table("lists.csv") if row["label"] == label)
