"""Pictures of one thing are alike, whatever their size and coding; pictures of different things are not."""

import io

import numpy as np
import pytest
from PIL import Image
from scipy.ndimage import gaussian_filter
from scipy.stats import binom

from sandan.record.pictures.likeness import BITS, LIKE_BITS, different_bits, likeness


def drawn(seed: int, side: int = 240) -> Image.Image:
    """A picture of soft blots, as an X-ray of one parcel."""
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(side, side)), side / 12)
    scaled = (noise - noise.min()) / (noise.max() - noise.min()) * 255
    return Image.fromarray(scaled.astype(np.uint8)).convert("RGB")


def _bits(one: Image.Image, other: Image.Image) -> int:
    return int(different_bits(likeness(one), np.array([likeness(other)], dtype=np.uint64))[0])


@pytest.mark.parametrize("seed", range(10))
def test_size_coding_and_brightness_hardly_change_it(seed: int) -> None:
    one = drawn(seed)
    written = io.BytesIO()
    one.save(written, "JPEG", quality=40)
    for other in (one.resize((97, 130)), Image.open(written), one.point(lambda v: int(v * 0.8) + 20), one.convert("L")):
        assert _bits(one, other) <= LIKE_BITS


def test_other_pictures_are_far() -> None:
    hashes = np.array([likeness(drawn(seed)) for seed in range(60)], dtype=np.uint64)
    pairs = np.concatenate([different_bits(int(one), hashes[place + 1 :]) for place, one in enumerate(hashes)])
    assert (pairs > LIKE_BITS).all() and 24 < pairs.mean() < 40


def test_so_few_bits_are_not_by_chance() -> None:
    assert binom.cdf(LIKE_BITS, BITS - 1, 0.5) < 1e-7
