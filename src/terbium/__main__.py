"""``python -m terbium`` is the command ``terbium``."""

from terbium.cli.main import app

app()
