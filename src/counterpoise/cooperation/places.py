"""Places on the globe and how far they are apart."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG, R1)."""

Place = tuple[float, float]
"""Latitude and longitude, degrees north and east."""


def great_circle(one: Place, other: Place) -> float:
    """Kilometres between two places along the sphere (haversine formula; Sinnott, 1984)."""
    up, over = radians(one[0]), radians(other[0])
    rise, turn = over - up, radians(other[1] - one[1])
    half = sin(rise / 2) ** 2 + cos(up) * cos(over) * sin(turn / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))
