"""What can be measured of a scene without any model: light, colours, and guesses that say how sure they are.

The guesses are rules over measured shares and no more than that: bright, smooth blue or white at the top is a sky, a
dark picture was taken at night, and where neither is to be seen nothing is guessed.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

UNKNOWN = "unknown"
_SIDE = 256
_COLOURS = 5
_LEAST_SHARE = 0.02
_LUMA = np.array([0.299, 0.587, 0.114])
"""ITU-R BT.601."""
_DARK, _DUSK = 0.18, 0.30
_FLAT_STEP = 0.02
_SKY = 0.35
_LITTLE = 0.05
_DRAWN_COLOURS = 0.9


def measured(image: Image.Image) -> dict[str, Any]:
    """`setting`, `time_of_day` and `weather` as the reference has them, what they rest on, and the dominant colours."""
    small = image.copy()
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float64) / 255
    light = pixels @ _LUMA
    shares = _shares(pixels, light)
    setting, sure = (UNKNOWN, 0.0) if light.mean() < _DARK else _setting(shares)
    time_of_day, time_sure = _time_of_day(float(light.mean()), setting)
    return {
        "setting": setting,
        "time_of_day": time_of_day,
        "weather": UNKNOWN,
        "confidence": {"setting": round(sure, 3), "time_of_day": round(time_sure, 3), "weather": 0.0},
        "brightness": round(float(light.mean()), 4),
        "contrast": round(float(light.std()), 4),
        "sharpness": round(_sharpness(light), 4),
        "saturation": round(float((pixels.max(2) - pixels.min(2)).mean()), 4),
        "dominant_colors": colours(small),
    }


def colours(image: Image.Image) -> list[dict[str, Any]]:
    """The largest groups of colours by median cut, each with its share of the picture."""
    reduced = image.quantize(colors=_COLOURS, method=Image.Quantize.MEDIANCUT)
    palette, total = reduced.getpalette() or [], reduced.width * reduced.height
    counted = sorted(reduced.getcolors() or [], key=lambda one: (-one[0], one[1]))
    found = []
    for count, number in counted:
        if count / total >= _LEAST_SHARE and isinstance(number, int):
            red, green, blue = palette[3 * number : 3 * number + 3]
            found.append({"hex": f"#{red:02x}{green:02x}{blue:02x}", "share": round(count / total, 4)})
    return found


def _shares(pixels: NDArray[np.float64], light: NDArray[np.float64]) -> dict[str, float]:
    """How much of the upper third looks like sky, of the whole like plants, and how much is of one even colour."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    step = np.abs(np.diff(light, axis=1, append=light[:, -1:]))
    upper = slice(0, max(1, light.shape[0] // 3))
    blueish = (blue > red + 0.05) & (blue >= green - 0.02) & (light > 0.35)  # noqa: PLR2004 (shares of full light)
    clouded = (light > 0.6) & (np.abs(red - blue) < 0.08) & (step > 0)  # noqa: PLR2004 (as above)
    sky = (blueish | clouded) & (step < 0.08)  # noqa: PLR2004 (as above)
    plants = (green > red + 0.03) & (green > blue + 0.05)
    return {
        "sky": float(sky[upper].mean()),
        "plants": float(plants.mean()),
        "drawn": float((step < _FLAT_STEP / 10).mean()),
    }


def _setting(shares: dict[str, float]) -> tuple[str, float]:
    """What is mostly of exactly one colour is drawn or written, not photographed: nothing is said of its place."""
    if shares["drawn"] > _DRAWN_COLOURS:
        return UNKNOWN, 0.0
    outside = shares["sky"] * 0.7 + min(shares["plants"] * 1.5, 0.6)
    if outside >= _SKY:
        return "outdoor", min(0.5 + outside / 2, 0.9)
    if shares["drawn"] < _DRAWN_COLOURS / 2 and max(shares["sky"], shares["plants"]) < _LITTLE:
        return "indoor", 0.55
    return UNKNOWN, 0.0


def _time_of_day(light: float, setting: str) -> tuple[str, float]:
    """A lamp can light a room at any hour, so it is only guessed outside, or in the dark."""
    if light < _DARK:
        return "night", 0.5 + (_DARK - light) / _DARK * 0.3
    if setting == "outdoor" and light > _DUSK:
        return "daytime", min(0.5 + light / 2, 0.9)
    return UNKNOWN, 0.0


def _sharpness(light: NDArray[np.float64]) -> float:
    """The spread of the Laplacian, which blur lowers."""
    if min(light.shape) < 3:  # noqa: PLR2004 (it needs neighbours)
        return 0.0
    centre = light[1:-1, 1:-1]
    around = light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]
    return float((around - 4 * centre).std())
