"""Whatever bytes arrive: a picture, or a refusal that says why."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from support.pictures import drawn, encoded, noise
from vision.errors import ImageError
from vision.pictures import FORMATS, MAX_BYTES, opened


def png_of(width: int, height: int) -> bytes:
    """A PNG that says a size, with nothing in it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    empty = chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + empty


@pytest.mark.parametrize("kind", FORMATS)
def test_the_format_is_told_by_the_content(kind: str) -> None:
    picture = opened(encoded(drawn("7", size=(60, 40)), kind))
    assert (picture.format, picture.width, picture.height, picture.image.mode) == (kind, 60, 40, "RGB")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"this is not an image", "not_an_image"),
        (b"\x89PNG\r\n\x1a\n", "not_an_image"),
        (encoded(noise(60, 60), "JPEG")[:400], "truncated"),
        (encoded(noise(60, 60))[:900], "truncated"),
        (png_of(10_000, 10_000), "too_many_pixels"),
        (png_of(30_000, 2), "too_many_pixels"),
        (b"\0" * (MAX_BYTES + 1), "too_many_bytes"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"%PDF-1.7", "not_an_image"),
    ],
    ids=[
        "empty",
        "words",
        "only a signature",
        "cut JPEG",
        "cut PNG",
        "100 megapixels",
        "too wide",
        "5 MB",
        "SVG",
        "PDF",
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(ImageError) as refused:
        opened(content)
    assert refused.value.details["reason"] == reason


@given(st.data())
def test_a_damaged_picture_is_a_picture_or_refused(data: st.DataObject) -> None:
    content = bytearray(encoded(noise(16, 16), data.draw(st.sampled_from(FORMATS))))
    for _ in range(3):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        picture = opened(bytes(content))
    except ImageError:
        return
    assert picture.image.mode == "RGB"


def test_a_picture_that_lies_on_its_side_is_told_of_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = opened(encoded(drawn("7", size=(60, 40)), "JPEG", exif=exif))
    assert (picture.width, picture.height, picture.image.size) == (40, 60, (40, 60))
    assert picture.told()["exif_orientation"] == 6


def test_of_an_animation_the_first_frame_is_looked_at_and_told() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    picture = opened(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert picture.told() | {"frames": 2, "analyzed_frame": 0} == picture.told()
    assert picture.pixels()[0, 0].tolist() == [254, 0, 0] or picture.pixels()[0, 0].tolist() == [255, 0, 0]


def test_of_a_jpeg_with_more_pictures_in_it_the_first_is_the_picture() -> None:
    preview = Image.new("RGB", (10, 10), "blue")
    picture = opened(encoded(Image.new("RGB", (40, 20), "red"), "MPO", save_all=True, append_images=[preview]))
    told = picture.told()
    assert (told["format"], told["width"], told["height"], "frames" in told) == ("JPEG", 40, 20, False)
    assert picture.pixels()[0, 0].tolist() == [254, 0, 0]


def test_cmyk_is_seen_in_its_colours() -> None:
    picture = opened(encoded(Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG"))
    red, green, blue = picture.pixels()[10, 10].tolist()
    assert picture.told()["mode"] == "CMYK"
    assert red > 200
    assert max(green, blue) < 90


def test_sixteen_bits_are_brought_down_to_eight() -> None:
    deep = Image.fromarray(np.linspace(0, 65_535, 400).astype(np.uint16).reshape(20, 20))
    pixels = opened(encoded(deep)).pixels()
    assert (int(pixels.min()), int(pixels.max())) == (0, 255)
    assert abs(int(pixels[10, 0, 0]) - 128) < 2


def test_what_is_transparent_shows_white() -> None:
    assert opened(encoded(Image.new("RGBA", (9, 9), (200, 0, 0, 0)))).pixels()[4, 4].tolist() == [255, 255, 255]


def test_a_large_picture_is_looked_at_smaller_and_told_of_as_it_is() -> None:
    picture = opened(encoded(Image.new("L", (6_000, 3_000)), "JPEG", quality=30))
    assert (picture.width, picture.height) == (6_000, 3_000)
    assert picture.image.size == (2_048, 1_024)
    assert picture.scale == pytest.approx(6_000 / 2_048)


def test_the_file_is_read_as_it_came() -> None:
    content = encoded(drawn("7"))
    assert opened(content).content == content
    assert Image.open(io.BytesIO(content)).size == (120, 120)
