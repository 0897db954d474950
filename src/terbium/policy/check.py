"""Asking the register about one case, by keywords."""

from datetime import date

from terbium.policy.answers import Decision
from terbium.policy.decide import Decider, built_in_decider
from terbium.policy.facts import read_facts

_WHERE = "terbium check"


def check(
    item: str = "",
    on: str | date = "",
    *,
    content: str = "",
    hs: str = "",
    origin: str = "",
    exporter: str = "",
    destination: str = "",
    end_use: str = "",
    end_user: str = "",
    known_on: str | date = "",
    regime: str = "",
    form: str = "",
    value_share: str | float = "",
    origin_content: str = "",
    owner_share: str | float = "",
    owner_list: str = "",
    party_name: str = "",
    purity: str | float = "",
    is_technology: bool | None = None,
    trace: bool = False,
    decider: Decider | None = None,
) -> Decision:
    """Ask whether a licence is needed, under what, and what changes next.

    Parameters
    ----------
    item
        What it is, in English or Chinese: ``"Sm2Co17 magnet"``, ``"氧化镝"``.
    on
        The day asked about.
    content
        What it holds: ``"Dy 4.5%"``.
    hs
        Customs code; a hint that never decides.
    origin, exporter, destination
        Where it was made, from where it is shipped, where it goes in the end.
    end_use, end_user
        What for, and for whom: ``civilian``, ``military``, ``named:TDK``,
        ``subsidiary_50pct_of_Entity_List``.
    known_on
        Read the register as known on this day; empty = as it stands.
    regime
        One of ``cn_dual_use``, ``cn_trade``, ``us_ear``, ``policy``; empty = the strictest of all.
    form, value_share, origin_content, owner_share, owner_list, party_name, purity, is_technology
        Typed facts; they win over free text.
    trace
        Also say of every paragraph of the register why it applies or not.
    decider
        What answers; None = the register of the package.

    Returns
    -------
    Decision
        ``unknown`` with questions where facts are missing, never ``none``.

    Raises
    ------
    InputError
        If a day, a region, a regime or a share cannot be read.

    Examples
    --------
    >>> answer = check("Sm2Co17 magnet", "2025-05-15", origin="CN", exporter="CN",
    ...                destination="FR", end_user="civilian", end_use="aircraft actuator")
    >>> answer.status, answer.answer.measures[0]
    ('licence_case_by_case', 'CN-REE-2025-18')
    """
    row = {
        "item": item, "hs": hs, "element_content": content, "origin": origin,
        "exporter_location": exporter, "destination": destination, "end_use": end_use,
        "end_user_type": end_user, "date": str(on), "known_on": str(known_on), "form": form,
        "value_share": str(value_share), "origin_content": origin_content,
        "owner_share": str(owner_share), "owner_list": owner_list, "party_name": party_name,
        "purity": str(purity), "regime": regime,
        "is_technology": "" if is_technology is None else str(is_technology),
    }  # fmt: skip
    asked = decider or built_in_decider()
    return asked.decide(read_facts(row, _WHERE), is_traced=trace)
