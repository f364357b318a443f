import numpy as np
import pytest
from PIL import Image

from support.pictures import drawn, noise
from vision.engines.scene import colours, measured


def landscape() -> Image.Image:
    """A blue sky over rough green."""
    dice = np.random.default_rng(1)
    pixels = np.zeros((120, 160, 3))
    pixels[:70] = np.linspace([100, 150, 230], [180, 205, 240], 70)[:, None]
    pixels[70:] = np.array([60, 120, 40]) + dice.normal(0, 14, (50, 160, 1))
    return Image.fromarray(np.clip(pixels + dice.normal(0, 2, pixels.shape), 0, 255).astype(np.uint8))


def test_sky_and_plants_are_guessed_to_be_outdoor_at_daytime() -> None:
    told = measured(landscape())
    assert (told["setting"], told["time_of_day"], told["weather"]) == ("outdoor", "daytime", "unknown")
    assert 0.5 < told["confidence"]["setting"] <= 0.9


def test_a_dark_picture_is_guessed_to_be_night_and_nowhere() -> None:
    told = measured(landscape().point([v // 8 for v in range(256)] * 3))
    assert (told["setting"], told["time_of_day"]) == ("unknown", "night")


def test_of_a_page_nothing_is_guessed() -> None:
    told = measured(drawn("STOP", size=(400, 200)))
    assert (told["setting"], told["confidence"]["setting"]) == ("unknown", 0.0)


def test_light_is_measured() -> None:
    assert measured(Image.new("RGB", (50, 50), "white"))["brightness"] == pytest.approx(1.0)
    assert measured(Image.new("RGB", (50, 50), "black"))["contrast"] == 0.0
    assert measured(noise(50, 50))["sharpness"] > 0.2


def test_dominant_colours_have_their_shares() -> None:
    picture = Image.new("RGB", (100, 100), (200, 30, 30))
    picture.paste((20, 20, 220), (0, 0, 100, 25))
    assert colours(picture) == [{"hex": "#c81e1e", "share": 0.75}, {"hex": "#1414dc", "share": 0.25}]


def test_one_pixel_is_a_picture_too() -> None:
    assert measured(Image.new("RGB", (1, 1), "white"))["sharpness"] == 0.0
