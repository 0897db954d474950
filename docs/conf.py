"""Settings of the documentation site; ``tools/build_docs.py`` builds it, offline."""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from terbium.base.version import __version__

project = "Terbium"
author = "The Terbium maintainers"
project_copyright = author
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 3
# single backticks of docstrings name things of the code
default_role = "literal"
# quotes stay as they were typed: commands are copied from these pages
smartquotes = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
# an attribute of one class is taken for a reference to another's of the same name
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "Terbium"
html_static_path = ["_static"]
html_css_files = ["own.css"]
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None


def setup(app: Sphinx) -> None:
    """Tables with commas are shown as they are."""
    app.add_lexer("csv", TextLexer)
