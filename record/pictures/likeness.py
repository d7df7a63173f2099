"""A number of 64 bits for what a picture looks like: pictures that differ in few bits look alike.

Source:
    Perceptual hash from the low frequencies of a discrete cosine transform: Zauner 2010, Implementation and Benchmarking of Perceptual
    Image Hash Functions, section 3.2.1.
"""

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.fft import dctn

BITS = 64
# Two pictures of different things differ in about half of the bits; 10 or fewer of 64 happen to one pair of them in hundred million
# (binomial with one half), and re-scaling or re-coding a picture changes fewer.
LIKE_BITS = 10
_SIDE, _LOW = 32, 8


def likeness(picture: Image.Image) -> int:
    """The hash of a picture, 0 to 2**64 - 1; scale, colour, brightness and coding hardly change it."""
    grey = np.asarray(picture.convert("L").resize((_SIDE, _SIDE), Image.Resampling.LANCZOS), dtype=np.float64)
    low = dctn(grey, norm="ortho")[:_LOW, :_LOW].ravel()
    # The first says how bright the whole is.
    bits = low > np.median(low[1:])
    bits[0] = False
    return int("".join("1" if bit else "0" for bit in bits), 2)


def different_bits(one: int, others: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """In how many bits each of other hashes differs from one; int64 [n]."""
    return np.bitwise_count(np.bitwise_xor(others, np.uint64(one))).astype(np.int64)
