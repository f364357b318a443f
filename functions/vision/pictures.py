"""From a file's bytes to pixels: the format is told by the content, and nothing is unpacked that could not be held."""

import io
import warnings
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps, UnidentifiedImageError

from vision.errors import Fault, ImageError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WITH_MORE = "MPO"
"""How Pillow names a JPEG that carries more pictures, as cameras add previews and depths: its first is the picture."""
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
MAX_BYTES = 4 * 1024 * 1024
"""Of a request: Lambda takes 6 MB, and API Gateway sends it as base64, which is a third longer."""
MAX_OBJECT_BYTES = 20 * 1024 * 1024
"""Of an object that a job reads by itself."""
MAX_PIXELS = 50_000_000
MAX_SIDE = 20_000
_WORKING_SIDE = 2048
_ORIENTATION = 0x0112
_DEEP = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")

Image.MAX_IMAGE_PIXELS = None  # the limit below is told before anything is unpacked, with an error of ours


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, upright, as red, green and blue."""

    content: bytes
    """The file as it came."""
    format: str
    width: int
    height: int
    image: Image.Image
    """At most 2,048 pixels wide and high: no detector sees more."""
    frames: int = 1
    orientation: int = 1
    """As EXIF numbers it; what is told of the picture is of the upright one."""
    mode: str = "RGB"
    """Of the file: CMYK, P, I;16 ..."""

    @property
    def scale(self) -> float:
        """By what a place in `image` is multiplied to be a place in the picture."""
        return self.width / self.image.width

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    def pixels(self) -> "NDArray[np.uint8]":
        """Height by width by three."""
        import numpy as np

        return np.asarray(self.image)

    def told(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "width": self.width,
            "height": self.height,
            "format": self.format,
            "size_bytes": len(self.content),
            "mode": self.mode,
        }
        if self.orientation != 1:
            facts["exif_orientation"] = self.orientation
        if self.frames > 1:
            facts |= {"frames": self.frames, "analyzed_frame": 0}
        return facts


def opened(content: bytes, *, max_bytes: int = MAX_BYTES) -> Picture:
    """The first frame, where there are several. Raises ImageError for what cannot be looked at."""
    if not content:
        raise ImageError(Fault.EMPTY)
    if len(content) > max_bytes:
        raise ImageError(Fault.TOO_MANY_BYTES, bytes=len(content), most=max_bytes)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about metadata that nobody here reads
            return _opened(content)
    except UnidentifiedImageError as error:
        raise ImageError(Fault.NOT_AN_IMAGE, formats=", ".join(FORMATS)) from error
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError) as error:
        raise ImageError(Fault.TRUNCATED if "truncated" in str(error).lower() else Fault.DAMAGED) from error


def _opened(content: bytes) -> Picture:
    image = Image.open(io.BytesIO(content), formats=FORMATS)
    width, height = image.size
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ImageError(Fault.TOO_MANY_PIXELS, width=width, height=height, most=MAX_PIXELS, side=MAX_SIDE)
    frames, mode, kind = int(getattr(image, "n_frames", 1)), image.mode, str(image.format)
    if kind == _WITH_MORE:
        frames, kind = 1, "JPEG"
    orientation = _orientation(image)
    if kind == "JPEG" and orientation == 1:
        image.draft("RGB", (_WORKING_SIDE, _WORKING_SIDE))  # decodes no more than is looked at, but never too little
    image.load()
    upright = image if orientation == 1 else ImageOps.exif_transpose(image)
    if orientation >= 5:  # noqa: PLR2004 (EXIF: from 5 on the picture lies on its side)
        width, height = height, width
    colours = _colours(upright)
    colours.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return Picture(content, kind, width, height, colours, frames, orientation, mode)


def _orientation(image: Image.Image) -> int:
    found = image.getexif().get(_ORIENTATION, 1)
    return found if isinstance(found, int) and 1 <= found <= 8 else 1  # noqa: PLR2004 (EXIF's values)


def _colours(image: Image.Image) -> Image.Image:
    """What is transparent shows white; what has more than 8 bits is brought down to them, over the range it uses."""
    if image.mode in _DEEP:
        image = _shallow(image)
    if image.mode in ("RGBA", "LA", "PA") or (image.mode == "P" and "transparency" in image.info):
        seen = image.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(ground, seen).convert("RGB")
    return image.convert("RGB") if image.mode != "RGB" else image.copy()


def _shallow(image: Image.Image) -> Image.Image:
    import numpy as np

    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    top = 65_535.0 if image.mode.startswith("I;16") else max(float(values.max()), 255.0)
    return Image.fromarray(np.clip(values / top * 255, 0, 255).astype(np.uint8))
