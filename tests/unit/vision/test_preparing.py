import numpy as np
import pytest
from PIL import Image

from pentarch.models.manifest import InputSpec
from support.pictures import drawn
from vision.preparing import figure, prepared


def test_values_are_scaled_and_normalised_by_channel() -> None:
    given = InputSpec(width=4, height=2, scale=1 / 255, mean=(0.5, 0.0, 0.0), std=(0.5, 1.0, 2.0))
    values = prepared(Image.new("RGB", (8, 8), (255, 51, 255)), given).values
    assert values.shape == (1, 3, 2, 4)
    assert values[0, :, 0, 0].tolist() == pytest.approx([1.0, 0.2, 0.5])


def test_a_layout_may_have_the_channels_last() -> None:
    given = InputSpec(width=4, height=2, layout="NHWC")
    assert prepared(Image.new("RGB", (8, 8)), given).values.shape == (1, 2, 4, 3)


def test_a_letterbox_shows_all_of_a_picture_between_grey_bars() -> None:
    given = InputSpec(width=64, height=64, resize="letterbox", scale=1.0)
    found = prepared(Image.new("RGB", (128, 64), "white"), given)
    assert found.scale == (0.5, 0.5)
    assert found.offset == (0.0, 16.0)
    assert found.values[0, 0, 15, 0] == 114
    assert found.values[0, 0, 16, 0] == found.values[0, 0, 47, 63] == 255
    assert found.values[0, 0, 48, 0] == 114


def test_a_crop_shows_the_middle() -> None:
    picture = Image.new("RGB", (100, 50), "black")
    picture.paste((255, 255, 255), (25, 0, 75, 50))
    given = InputSpec(width=10, height=10, resize="crop")
    assert prepared(picture, given).values.min() == 1.0


@pytest.mark.parametrize(("ink", "ground"), [("black", "white"), ("white", "navy"), ("#a20", "#f4efe2")])
def test_a_figure_is_light_on_black_whatever_its_colours(ink: str, ground: str) -> None:
    seen = figure(np.asarray(drawn("7", ink=ink, ground=ground).convert("L"), dtype=np.float64), 12, 12)
    plain = figure(np.asarray(drawn("7").convert("L"), dtype=np.float64), 12, 12)
    assert np.abs(seen.astype(int) - plain).mean() < 6
    assert seen.max() > 200


def test_a_picture_that_is_all_ground_is_black() -> None:
    assert figure(np.full((30, 30), 130.0), 12, 12).max() == 0
