"""What the web application refuses beyond bad input. The text is shown to whoever asked."""

from terbium.base.errors import TerbiumError


class NotFound(TerbiumError):
    """There is nothing under this name, or it is another's: the two are told alike."""


class Busy(TerbiumError):
    """Too much of this owner waits already; it is worth asking again later."""
