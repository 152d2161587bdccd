"""Makes the golden pictures of phones' formats: `models/src/decode/heif/mod.rs` reads them.

    python3 -m venv .venv && .venv/bin/pip install pillow pillow-heif
    .venv/bin/python models/tests/golden/make_heif.py DISPLAY_P3.icc

The profile is Display P3 as `ColorProfile::new_display_p3().encode()` of moxcms writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pillow_heif
from PIL import Image, ImageCms, ImageDraw

OUT = Path(__file__).parent / "heif"


def picture() -> Image.Image:
    """96 by 64: red on the left, green above, a blue corner on the right below."""
    drawn = Image.new("RGB", (96, 64), (220, 220, 220))
    draw = ImageDraw.Draw(drawn)
    draw.rectangle((0, 0, 31, 63), fill=(200, 40, 40))
    draw.rectangle((32, 0, 95, 23), fill=(40, 160, 60))
    draw.rectangle((72, 40, 95, 63), fill=(30, 60, 200))
    return drawn


def main(profile: Path) -> None:
    pillow_heif.register_heif_opener()
    OUT.mkdir(exist_ok=True)
    drawn = picture()
    drawn.save(OUT / "plain.heic", quality=95, chroma=444)
    drawn.save(OUT / "plain.avif", quality=95, subsampling="4:4:4")
    # EXIF orientation 6: it is turned by a quarter to the right to be seen.
    turned = drawn.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(OUT / "turned.heic", quality=95, chroma=444, exif=exif.tobytes())
    p3 = ImageCms.getOpenProfile(str(profile))
    converted = ImageCms.profileToProfile(drawn, ImageCms.createProfile("sRGB"), p3)
    converted.save(OUT / "display-p3.heic", quality=95, chroma=444, icc_profile=profile.read_bytes())
    cut = drawn.convert("RGBA")
    cut.paste((0, 0, 0, 0), (64, 0, 96, 40))
    cut.save(OUT / "cut-out.avif", quality=95, subsampling="4:4:4")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
