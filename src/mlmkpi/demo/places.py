"""Five markets of six invented territories each; a place is a territory's number."""

from __future__ import annotations

MARKETS = ("US", "CA", "MX", "GB", "DE")
MARKET_SHARES = [0.55, 0.15, 0.12, 0.10, 0.08]
TERRITORIES = 6
POPULATIONS = (260_000_000, 31_000_000, 92_000_000, 54_000_000, 69_000_000)
SEGMENT_SHARES = {"18-39": 0.45, "40+": 0.55}

_TREES = ("Ash", "Birch", "Cedar", "Elder", "Hazel", "Linden")
_TOWNS = ("{}ville", "{} Falls", "Villa {}", "{}ham", "{}dorf")
_SIDES = ("North", "Centre", "South")
_PLACES = range(len(MARKETS) * TERRITORIES)

PLACE_MARKETS = [MARKETS[place // TERRITORIES] for place in _PLACES]
PLACE_TERRITORIES = [f"{MARKETS[place // TERRITORIES]}-{place % TERRITORIES + 1:02}" for place in _PLACES]
PLACE_REGIONS = [f"{MARKETS[place // TERRITORIES]} {_SIDES[place % TERRITORIES // 2]}" for place in _PLACES]
PLACE_CITIES = [_TOWNS[place // TERRITORIES].format(_TREES[place % TERRITORIES]) for place in _PLACES]
