"""stub"""

from pathlib import Path
from counterpoise.data.dataset import Dataset
from counterpoise.data.records import Origin


def write_sheets(dataset: Dataset, overlays: tuple[Path, ...], out: Path) -> None:
    """stub"""


def write_release(dataset: Dataset, overlays: tuple[Path, ...], out: Path) -> dict[Origin, str]:
    """stub"""
    return {}
