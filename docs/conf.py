"""How the documentation is built: ``sphinx-build -W -b html docs docs/_build/html``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import stancelib

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

# Kernels inherit this: pages are built without a network and without usage reports.
os.environ.update(HF_HUB_OFFLINE="1", DO_NOT_TRACK="1", TQDM_DISABLE="1")

# Where the tutorials find their data, else the cache, else its public address.
SHARED = Path(__file__).parents[2] / "shared" / "data"
if SHARED.is_dir():
    os.environ.setdefault("STANCELIB_DATA", str(SHARED))

project = "stancelib"
author = "The stancelib authors"
project_copyright = author
version = release = stancelib.__version__

extensions = [
    "myst_nb",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "mathml",
]
exclude_patterns = ["_build", "jupyter_execute", "**/.ipynb_checkpoints"]
# Only by this word: a page whose data is absent fails the build, it does not shrink.
if os.environ.get("STANCELIB_DOCS_WITHOUT_DATA"):
    exclude_patterns.append("tutorials/*")
    suppress_warnings = ["toc.excluded", "toc.not_readable", "myst.xref_missing"]
templates_path = ["_templates"]
default_role = "py:obj"

# Every page is executed at every build, and a page that fails or writes to stderr fails it.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300
nb_output_stderr = "warn"
nb_merge_streams = True
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

html_theme = "pydata_sphinx_theme"
html_title = "stancelib"
html_static_path = ["_static"]
html_css_files = ["stancelib.css"]
html_sidebars = {"**": []}
html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "use_edit_page_button": False,
}
html_math_renderer = "mathml"
