"""Who takes part: names, listed owners, and the shares they hold."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from terbium.base.gazetteer import read_table
from terbium.base.phrases import Phrasebook, tidy, tokens_of
from terbium.base.units import convert
from terbium.policy.figures import number_of, percents_of, plain_percents
from terbium.policy.truth import Range, Truth

# what kind of firm it is says nothing of which firm it is
_LEGAL_FORMS = frozenset(
    {"inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "lp",
     "plc", "ag", "se", "sa", "spa", "gmbh", "nv", "bv", "kk", "ab", "as", "oy", "uab", "sro",
     "the", "group", "holding", "holdings", "株式会社", "株式會社", "有限公司", "股份有限公司",
     "有限责任公司", "集团公司", "集团", "公司"}
)  # fmt: skip
_CHINESE_FORMS = tuple(
    sorted((form for form in _LEGAL_FORMS if not form.isascii()), key=len, reverse=True)
)
_MOST_NAMES = 20_000
_PERCENT = convert(1.0, "%", "1")
_HALF = _PERCENT * 50


@lru_cache(maxsize=_MOST_NAMES)
def plain_name(name: str) -> str:
    """A name without case, marks, legal form and accents.

    Examples
    --------
    >>> plain_name("Lockheed Martin Corp."), plain_name("TDK株式会社")
    ('lockheed martin', 'tdk')
    """
    text = unicodedata.normalize("NFKD", tidy(name).casefold())
    text = "".join(sign for sign in text if not unicodedata.combining(sign)).replace("&", " and ")
    for form in _CHINESE_FORMS:
        text = text.replace(form, " ")
    text = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", text)
    words = re.findall(r"[a-z0-9]+|[^\W\d_a-z]+", text)
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return " ".join(kept or words)


@cache
def _aliases() -> dict[str, str]:
    """Plain spelling -> plain name as the lists have it."""
    found: dict[str, str] = {}
    for row in read_table("parties.csv"):
        names = (row["name"], row["name_en"], row["name_zh"], *row["aliases"].split(";"))
        for name in filter(None, names):
            found.setdefault(plain_name(name), plain_name(row["name"]))
    return found


def known_as(name: str) -> str:
    """The plain name of a party, in the spelling of the lists if it is in their gazetteer."""
    plain = plain_name(name)
    return _aliases().get(plain, plain)


@cache
def list_book() -> Phrasebook:
    """Phrases for party lists."""
    return Phrasebook(
        {
            row["label"]: (row["label"], row["name_en"], row["name_zh"], *row["aliases"].split(";"))
            for row in read_table("lists.csv")
        }
    )


def list_names() -> dict[str, str]:
    """English name of each list by its label."""
    return {row["label"]: row["name_en"] for row in read_table("lists.csv")}


@dataclass(frozen=True)
class Stake:
    """A share that an owner holds in a party.

    Parameters
    ----------
    share
        What is held [-].
    lists
        Labels of the lists that the owner is on.
    owner
        Plain name of the owner; empty if nobody said.
    through
        Shares of the links of a chain between them, if it is held through others.
    is_indirect
        Whether it is held through others.
    """

    share: Range
    lists: frozenset[str] = frozenset()
    owner: str = ""
    through: tuple[float, ...] = ()
    is_indirect: bool = False


@dataclass(frozen=True)
class Party:
    """The end user as far as it was said.

    Parameters
    ----------
    name
        Plain name; empty if nobody said.
    shown
        The name as given.
    is_military
        Whether it is a military user.
    is_described
        Whether anything was said: then what was not said (a listing, an owner) is taken as absent.
    lists
        Lists that it is said to be on itself.
    stakes
        Shares that listed owners hold in it.
    """

    name: str = ""
    shown: str = ""
    is_military: Truth = Truth.UNKNOWN
    is_described: bool = False
    lists: frozenset[str] = frozenset()
    stakes: tuple[Stake, ...] = ()

    def is_on(self, names: frozenset[str], label: str) -> Truth:
        """Whether it is on a list, by its name or because somebody says so."""
        if (self.name and self.name in names) or (label and label in self.lists):
            return Truth.YES
        return Truth.NO if self.is_described else Truth.UNKNOWN

    def owned_to(
        self,
        share_ge: float,
        owners: "OwnerTest",
        is_aggregated: bool,
        is_indirect: bool | None,
    ) -> Truth:
        """Whether listed owners hold enough of it.

        Parameters
        ----------
        share_ge
            Least share that counts [-].
        owners
            Tells whether an owner is listed.
        is_aggregated
            Whether shares of several owners are added.
        is_indirect
            Whether shares held through others count; None = the text does not say.
        """
        if not self.is_described:
            return Truth.UNKNOWN
        judged = [(stake, owners.is_listed(stake)) for stake in self.stakes]
        for least in (Truth.YES, Truth.UNKNOWN):
            counted = [
                self._counted(stake, share_ge, is_indirect)
                for stake, listed in judged
                if listed >= least
            ]
            shares = [share for share, _ in counted]
            sums = [_sum(shares)] if is_aggregated else shares
            reached = max((share.at_least(share_ge) for share in sums), default=Truth.NO)
            is_unclear = least is Truth.UNKNOWN or all(unclear for _, unclear in counted)
            if reached is Truth.YES and is_unclear:
                return Truth.UNKNOWN
            if reached is not Truth.NO:
                return reached
        return Truth.NO

    def _counted(
        self, stake: Stake, share_ge: float, is_indirect: bool | None
    ) -> tuple[Range, bool]:
        """A stake as a rule counts it, and whether the rule leaves it unclear."""
        if not (stake.is_indirect or stake.through):
            return stake.share, False
        if is_indirect is False or any(link < share_ge for link in stake.through):
            return Range.exactly(0.0), False
        return stake.share, is_indirect is None


class OwnerTest:
    """Tells whether the owner of a stake is on one of some lists; unknown if nobody said who.

    Parameters
    ----------
    lists
        Labels of the lists.
    names
        Plain names that are held of these lists.
    """

    def __init__(self, lists: Iterable[str], names: frozenset[str]) -> None:
        self._lists, self._names = frozenset(lists), names

    def is_listed(self, stake: Stake) -> Truth:
        """Whether an owner is listed; a name that is not held is taken as unlisted."""
        if stake.lists & self._lists or stake.owner in self._names:
            return Truth.YES
        return Truth.NO if stake.lists or stake.owner else Truth.UNKNOWN


def _sum(shares: Iterable[Range]) -> Range:
    parts = list(shares)
    return Range(
        sum(part.low for part in parts),
        sum(part.high for part in parts),
        any(part.is_low_open for part in parts),
        any(part.is_high_open for part in parts),
    )


_NAMED = re.compile(r"(?:named|name|名称|点名|具名)\s*[:：=]\s*(?P<name>.+)", re.IGNORECASE)
_OWNED = re.compile(
    r"subsidiar|affiliate|owned|held|stake|joint venture|持股|子公司|控股|股权|持有|参股",
    re.IGNORECASE,
)
_INDIRECT = re.compile(r"(?<!or )indirect|间接", re.IGNORECASE)
_WHOLLY = re.compile(r"wholly|全资", re.IGNORECASE)
_MAJORITY = re.compile(r"majorit|多数股权|绝对控股", re.IGNORECASE)
_MILITARY = re.compile(
    r"(?<!non)(?<!non-)(?<!非)(?:military|armed forces|defen[cs]e ministry|军事|军用|军方|军队)",
    re.IGNORECASE,
)
_CIVILIAN = re.compile(
    r"civil|commercial|民用|民间|商业|平民|unlisted|未列名|non-?military|非军", re.IGNORECASE
)


@lru_cache(maxsize=_MOST_NAMES)
def read_party(
    described: str, name: str = "", owner_share: str = "", owner_list: str = "", aside: str = ""
) -> Party:
    """Read the end user.

    Parameters
    ----------
    described
        ``civilian``, ``military``, ``named:TDK``, ``subsidiary_50pct_of_Entity_List``, or words.
    name, owner_share, owner_list
        Typed columns; they win. ``owner_share`` may hold several stakes (``0.3+0.25``) and chains
        of holdings (``0.6>0.9``: 60 % of a firm that holds 90 %).
    aside
        Free text to look into where all of these say nothing of owners.
    """
    text = plain_percents(tidy(described)).replace("_", " ")
    text = re.sub(r"(?<=\d)\s*pct\b", "%", text, flags=re.IGNORECASE)
    named = _NAMED.search(text)
    shown = name.strip() or (named.group("name").strip() if named else "")
    if not shown and plain_name(text) in _aliases():
        shown = text.strip()
    plain = text if not named else text[: named.start()]
    lists = frozenset(m.label for m in list_book().find(tokens_of(plain)))
    stakes = _typed_stakes(owner_share, owner_list) or _stakes(plain, lists)
    if not stakes and not text.strip() and not shown:
        told = plain_percents(tidy(aside))
        stakes = _stakes(told, frozenset(m.label for m in list_book().find(tokens_of(told))))
    is_owner_text = bool(_OWNED.search(plain))
    return Party(
        name=known_as(shown) if shown else "",
        shown=shown,
        is_military=_is_military(plain),
        is_described=bool(text.strip() or shown or stakes),
        lists=frozenset() if stakes or is_owner_text else lists,
        stakes=stakes,
    )


def _is_military(text: str) -> Truth:
    if _MILITARY.search(text):
        return Truth.YES
    return Truth.NO if _CIVILIAN.search(text) else Truth.UNKNOWN


def _stakes(text: str, lists: frozenset[str]) -> tuple[Stake, ...]:
    """Stakes told in words; an owner without a share holds an unknown one."""
    if not _OWNED.search(text):
        return ()
    is_indirect = bool(_INDIRECT.search(text))
    shares = [found.value.times(_PERCENT) for found in percents_of(text)]
    if not shares and _WHOLLY.search(text):
        shares = [Range.exactly(1.0)]
    if not shares:
        shares = [Range.more_than(_HALF) if _MAJORITY.search(text) else Range(0.0, 1.0)]
    owner = "" if lists else _owner_in(text)
    return tuple(Stake(share, lists, owner, (), is_indirect) for share in shares)


def _owner_in(text: str) -> str:
    """The owner that is named after "of" or "by"."""
    found = re.search(r"\b(?:of|by)\s+(?P<owner>[^,;%]+)$", text.strip(), re.IGNORECASE)
    return known_as(found.group("owner")) if found else ""


def _typed_stakes(owner_share: str, owner_list: str) -> tuple[Stake, ...]:
    if not owner_share.strip():
        return ()
    labels = frozenset(
        mention.label for mention in list_book().find(tokens_of(tidy(owner_list.replace("_", " "))))
    )
    owner = "" if labels else known_as(owner_list) if owner_list.strip() else ""
    found = []
    for part in re.split(r"[+;]", plain_percents(tidy(owner_share))):
        chain = [_share(link) for link in part.split(">") if link.strip()]
        if chain and all(link is not None for link in chain):
            links = [link for link in chain if link is not None]
            through = tuple(link.low for link in links[1:])
            found.append(Stake(links[0], labels, owner, through, bool(through)))
    return tuple(found)


def _share(text: str) -> Range | None:
    """A share that was typed: ``0.5``, ``50``, ``50 %``."""
    percents = percents_of(text)
    if percents:
        return percents[0].value.times(_PERCENT)
    try:
        value = number_of(text.strip())
    except ValueError:
        return None
    return Range.exactly(value if value <= 1 else value * _PERCENT)
