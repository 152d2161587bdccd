"""Which colour a photographed garment has, measured from its pixels.

The picture's rim says what the background looks like; pixels near the middle that
look different are the garment. Each garment pixel gets a colour word by a rule on
hue, saturation and lightness, and the words that cover enough of it are kept.
"""

from __future__ import annotations

import numpy as np

COLOURS = [
    "black", "white", "grey", "red", "orange", "yellow", "green",
    "blue", "navy", "purple", "pink", "brown", "beige",
]

# Words of the renderer's finer palette, and the plain colour each counts as.
FINER = {
    "teal": "green", "olive": "green", "burgundy": "red", "khaki": "beige", "light blue": "blue",
}


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """sRGB 0..1 [..., 3] to CIE Lab (D65)."""
    lin = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    m = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = lin @ m.T / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1)


def colour_names(lab: np.ndarray) -> np.ndarray:
    """The place in COLOURS of each Lab value [n, 3]."""
    light, a, b = lab[:, 0], lab[:, 1], lab[:, 2]
    chroma = np.hypot(a, b)
    hue = np.rad2deg(np.arctan2(b, a)) % 360
    name = np.full(len(lab), COLOURS.index("grey"))

    def put(where: np.ndarray, word: str) -> None:
        name[where] = COLOURS.index(word)

    vivid = chroma >= 13
    put(vivid & ((hue < 12) | (hue >= 335)), "pink")
    put(vivid & ((hue < 12) | (hue >= 355)) & (light < 40), "red")
    put(vivid & (hue >= 335) & (hue < 355) & (light < 38), "purple")
    put(vivid & (hue >= 12) & (hue < 42), "red")
    put(vivid & (hue >= 12) & (hue < 50) & (light > 62), "pink")
    put(vivid & (hue >= 42) & (hue < 70), "orange")
    put(vivid & (hue >= 70) & (hue < 102), "yellow")
    put(vivid & (hue >= 102) & (hue < 205), "green")
    put(vivid & (hue >= 205) & (hue < 296), "blue")
    put(vivid & (hue >= 296) & (hue < 335), "purple")
    # Dull warm hues are browns when dark and beiges when light.
    warm = vivid & (hue >= 20) & (hue < 100)
    put(warm & (chroma < 48) & (light < 52), "brown")
    put(warm & (chroma < 22) & (light < 42), "brown")
    put(warm & (hue >= 45) & (chroma < 33) & (light >= 52), "beige")
    put(warm & (hue < 45) & (chroma < 26) & (light >= 62), "pink")
    put((chroma >= 8) & ~vivid & (hue >= 50) & (hue < 105) & (light > 55), "beige")
    # Pale blues and pinks are weak in chroma and still have a name.
    put((chroma >= 8) & ~vivid & (hue >= 215) & (hue < 290) & (light >= 32), "blue")
    put((chroma >= 8) & ~vivid & ((hue >= 335) | (hue < 35)) & (light >= 50), "pink")
    # Dark blues.
    put((chroma >= 7) & (hue >= 240) & (hue < 312) & (light < 32), "navy")
    neutral = chroma < 8
    put(neutral & (light >= 71), "white")
    put((chroma < 12) & (light < 24), "black")
    put((chroma >= 7) & (chroma < 12) & (hue >= 245) & (hue < 312) & (light >= 12) & (light < 32), "navy")
    put(light < 10, "black")
    return name


def garment_mask(lab: np.ndarray) -> np.ndarray:
    """Which pixels of a small square Lab picture [s, s, 3] are the garment."""
    s = lab.shape[0]
    rim = max(1, s // 14)
    edge = np.ones((s, s), bool)
    edge[rim:-rim, rim:-rim] = False
    samples = lab[edge]
    # A few rounds of k-means: floors have tiles, joints, shadows.
    centres = samples[np.linspace(0, len(samples) - 1, 4).astype(int)]
    for _ in range(6):
        near = ((samples[:, None] - centres[None]) ** 2).sum(-1).argmin(1)
        centres = np.stack([samples[near == k].mean(0) if (near == k).any() else centres[k] for k in range(4)])
    share = np.bincount(near, minlength=4) / len(near)
    weigh = np.array([0.6, 1.0, 1.0])  # shadows change lightness most
    far = np.sqrt((((lab[:, :, None] - centres[share > 0.12]) * weigh) ** 2).sum(-1)).min(-1)
    yy, xx = np.mgrid[0:s, 0:s] / (s - 1) * 2 - 1
    middle = (np.abs(xx) < 0.62) & (np.abs(yy) < 0.75)
    mask = (far > 11) & middle
    core = (np.abs(xx) < 0.4) & (np.abs(yy) < 0.4)
    # A white shirt on a white sheet: nothing stands out, so take the middle.
    if mask[core].mean() < 0.25:
        mask = core
    return mask


def garment_colours(image: np.ndarray, size: int = 48) -> list[tuple[str, float]]:
    """Colour words with the share of the garment each covers, largest first."""
    step = image.shape[0] // size
    small = image[: size * step, : size * step].reshape(size, step, size, step, 3).mean((1, 3)) / 255.0
    lab = to_lab(small)
    names = colour_names(lab[garment_mask(lab)])
    share = np.bincount(names, minlength=len(COLOURS)) / len(names)
    order = np.argsort(-share)
    return [(COLOURS[i], float(share[i])) for i in order if share[i] > 0.05]


def caption_colours(found: list[tuple[str, float]]) -> list[str]:
    """The words fit for a caption, from what `garment_colours` found: the main
    colour, a second when it is plain to see, none when no colour leads."""
    if not found or found[0][1] < 0.34:
        return []
    words = [found[0][0]]
    if len(found) > 1 and found[1][1] > 0.27:
        words.append(found[1][0])
    return words
