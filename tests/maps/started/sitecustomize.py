"""Any Python that finds this folder on its path knows how the tiles of a trial are computed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import tests.maps.trial  # noqa: F401
