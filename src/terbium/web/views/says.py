"""Numbers, dates and addresses as the pages print them in the reader's language."""

from datetime import date, datetime
from urllib.parse import quote

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent

from terbium.base.speech import language, tr
from terbium.report import words

_LOCALES = {"en": "en_GB", "zh-Hans": "zh_Hans_CN", "zh-Hant": "zh_Hant_TW", "ja": "ja", "de": "de"}


def locale() -> str:
    """Babel's name of the language in which this context reads."""
    return _LOCALES[language()]


def number(value: float, digits: int = 3) -> str:
    """A quantity with so many significant digits; infinity is never."""
    if value in (float("inf"), float("-inf")):
        return tr("never")
    rounded = float(f"{value:.{digits}g}") + 0.0
    places = max(digits - len(str(int(abs(rounded)))), 0) if rounded else 0
    form = "#,##0." + "#" * places if abs(rounded) >= 1 else "0." + "#" * (digits + 6)
    text = format_decimal(rounded, format=form.rstrip("."), locale=locale())
    return text.replace("-", words.MINUS)


def percent(share: float) -> str:
    """A share in whole percent."""
    return format_percent(share, format="#,##0\N{NO-BREAK SPACE}%", locale=locale())


def day(value: date | str) -> str:
    """A date, of a date or its ISO form."""
    found = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if language() == "en":
        return words.day(found.isoformat()[:10])
    return format_date(found, format="medium", locale=locale())


def month(label: str) -> str:
    """``2025-04`` as a month."""
    if language() == "en":
        return words.month(label)
    form = "yMMM"
    return format_date(date.fromisoformat(f"{label}-01"), format=_skeleton(form), locale=locale())


def moment(value: datetime | str) -> str:
    """A date and a time of day."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_datetime(found, format="medium", locale=locale())


def sources_path(name: str) -> str:
    """Address of the page on a number's sources, by the name of its estimate or claim."""
    return f"/sources/{quote(name)}"


def _skeleton(form: str) -> str:
    return {"en": "MMM y", "de": "MMM y"}.get(language(), "y年M月") if form == "yMMM" else form
