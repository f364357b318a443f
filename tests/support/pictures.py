"""Pictures for tests, drawn when they are asked for; and the forms that they are sent with."""

import io
from collections.abc import Iterable
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from support.lambdas import Caller, Reply

BOUNDARY = "b0undary"


def drawn(text: str, *, size: tuple[int, int] = (120, 120), ink: Any = "black", ground: Any = "white") -> Image.Image:
    image = Image.new("RGB", size, ground)
    font = ImageFont.load_default(round(size[1] * 0.6))
    left, top, right, bottom = font.getbbox(text)
    place = ((size[0] - left - right) / 2, (size[1] - top - bottom) / 2)
    ImageDraw.Draw(image).text(place, text, fill=ink, font=font)
    return image


def noise(width: int, height: int) -> Image.Image:
    """A picture that no compression makes small."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    kept = io.BytesIO()
    image.save(kept, kind, **options)
    return kept.getvalue()


def form(image: bytes | None, fields: Iterable[tuple[str, str]] = (), *, boundary: str = BOUNDARY) -> bytes:
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields]
    if image is not None:
        head = 'Content-Disposition: form-data; name="image"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
        parts.append(head.encode() + image)
    opened = f"--{boundary}\r\n".encode()
    return b"".join(opened + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()


def send(
    api: Caller, path: str, image: bytes | None, *fields: tuple[str, str], boundary: str = BOUNDARY, **headers: str
) -> Reply:
    sent = {"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
    return api.post(f"/api/v2/ai/vision/{path}", raw=form(image, fields, boundary=boundary), headers=sent)
