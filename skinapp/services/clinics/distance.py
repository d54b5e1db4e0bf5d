"""How far two places on Earth are from each other."""

from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.009  # mean radius (Moritz 2000, Geodetic Reference System 1980)


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great-circle distance in km of two places, each latitude and longitude in degrees.

    By the haversine formula (Sinnott 1984), on a sphere: within half a percent of the ellipsoid.

    >>> round(distance_km((48.857, 2.352), (52.520, 13.405)))
    877
    """
    (latitude, longitude), (other_latitude, other_longitude) = (
        map(radians, place) for place in (here, there)
    )
    across = sin((other_longitude - longitude) / 2) ** 2 * cos(latitude) * cos(other_latitude)
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(sin((other_latitude - latitude) / 2) ** 2 + across)))
