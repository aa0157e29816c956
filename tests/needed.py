"""What some tests need that a machine may lack.

A test that asks for the fixture of such a name is marked with it and skipped where the thing is
absent. Where the environment variable COUNTERPOISE_<NAME> is `required`, skipping is a failure.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next((path for name in _CHROMIUMS if (path := shutil.which(name))), None)

# Whether it is there, and the reason given for skipping.
NEEDED = {
    "shared": (SHARED.is_dir(), "the folder shared beside the project is absent"),
    "browser": (
        CHROMIUM is not None,
        "Chromium is not found, so no page is opened in a browser (Debian: apt install chromium)",
    ),
}
REQUIRED = frozenset(
    name for name in NEEDED if os.environ.get(f"COUNTERPOISE_{name.upper()}") == "required"
)
