"""How `make docs` builds the site."""

import sys
from pathlib import Path

import ssewire

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "ssewire"
author = "the ssewire authors"
project_copyright = "the ssewire authors, MIT licence"
release = version = ssewire.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    # Changes docstrings before napoleon reads them, so it stands before it.
    "docstrings",
    "examples",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_ext"]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3

# In docstrings, single backticks hold code; a name that is documented becomes a link.
default_role = "py:obj"
add_module_names = False
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_class_signature = "mixed"
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = "ssewire"
html_copy_source = False
html_show_sphinx = False
html_static_path = ["_static"]
html_css_files = ["ssewire.css"]
pygments_style = "friendly"
pygments_dark_style = "monokai"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#9a3412",
        "color-brand-content": "#9a3412",
    },
    "dark_css_variables": {
        "color-brand-primary": "#fdba74",
        "color-brand-content": "#fdba74",
    },
}
