"""Keyed draws: Philox4x64-10 as a pure function of who, when and what for.

key = (seed, replication), counter = (entity, occasion, purpose, block). Two arms of an
experiment therefore share all luck, whatever they decide and in whatever order
(Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"). Blocks are equal bit
for bit to ``numpy.random.Philox`` with the same key and counter (numpy advances its counter
before the first block).

The 128-bit product is written in 32-bit halves because plain Python has no twin of the
compiler's intrinsic; both give the same bits.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agents.compiled import PLAIN, kernel, primitive

# Purposes are append-only: a number, once given, keeps its meaning for ever.
TRAITS = 0
SHOCK = 1
LIFE = 2
SIGNAL = 3
CHECKS = 4
OBSERVATION = 5
REVIEW = 6
DISBURSEMENT = 7
DEFAULT = 9
ECONOMY = 10
OFFICER = 11
ASSUMPTION = 12
VISIT = 13
ACTION = 14
STRIKE = 15

PURPOSES = {
    "traits": TRAITS, "shock": SHOCK, "life": LIFE, "signal": SIGNAL, "checks": CHECKS,
    "observation": OBSERVATION, "review": REVIEW, "disbursement": DISBURSEMENT,
    "default": DEFAULT, "economy": ECONOMY, "officer": OFFICER,
    "assumption": ASSUMPTION, "visit": VISIT, "action": ACTION,
    "strike": STRIKE,
}  # fmt: skip

# Entity numbers of those who are not enterprises of the first day.
BORN_LATER = 1 << 32  # enterprises founded during the run
OFFICERS = 1 << 33
SYSTEM = 1 << 34  # the economy and the assumptions
CIRCLES = 1 << 35  # mutual-guarantee circles

_M0, _M1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_W0, _W1 = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
_MASK64 = (1 << 64) - 1
_TO_UNIT = 1.0 / 4503599627370496.0  # 2**-52: 53 bits could round up to 1

# Coefficients of AS 241: numerator and denominator, lowest power first.
_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_MIDDLE = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip

if PLAIN:
    # Python's own integers: numpy scalars would warn on every wrap-around.
    def philox(
        seed: int, replication: int, entity: int, occasion: int, purpose: int, block: int
    ) -> tuple[int, int, int, int]:
        """One block of four 64-bit words (plain twin of the compiled function)."""
        k0, k1 = int(seed), int(replication)
        c0, c1, c2, c3 = int(entity), int(occasion), int(purpose), int(block)
        for _ in range(10):
            p0, p1 = _M0 * c0, _M1 * c2
            c0, c1, c2, c3 = (
                (p1 >> 64) ^ c1 ^ k0, p1 & _MASK64, (p0 >> 64) ^ c3 ^ k1, p0 & _MASK64,
            )  # fmt: skip
            k0, k1 = (k0 + _W0) & _MASK64, (k1 + _W1) & _MASK64
        return c0, c1, c2, c3

else:  # the same function for the compiler: mypy cannot know that they are twins

    @primitive
    def _high_product(a: np.uint64, b: np.uint64) -> np.uint64:
        """Upper 64 bits of the 128-bit product."""
        low_mask, half = np.uint64(0xFFFFFFFF), np.uint64(32)
        a_low, a_high = a & low_mask, a >> half
        b_low, b_high = b & low_mask, b >> half
        low = a_low * b_low
        middle = a_high * b_low + (low >> half)
        cross = a_low * b_high + (middle & low_mask)
        return a_high * b_high + (middle >> half) + (cross >> half)

    @primitive
    def philox(  # type: ignore[misc]
        seed: int, replication: int, entity: int, occasion: int, purpose: int, block: int
    ) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
        """One block of four 64-bit words."""
        k0, k1 = np.uint64(seed), np.uint64(replication)
        c0, c1 = np.uint64(entity), np.uint64(occasion)
        c2, c3 = np.uint64(purpose), np.uint64(block)
        m0, m1 = np.uint64(_M0), np.uint64(_M1)
        for _ in range(10):
            h0, h1 = _high_product(m0, c0), _high_product(m1, c2)
            l0, l1 = m0 * c0, m1 * c2
            c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
            k0, k1 = k0 + np.uint64(_W0), k1 + np.uint64(_W1)
        return c0, c1, c2, c3


@primitive
def _unit(word: Any) -> float:
    """The upper 52 bits as a number in (0, 1)."""
    return (np.int64(word >> np.uint64(12)) + 0.5) * _TO_UNIT


@primitive
def _ratio(r: float, coefficients: tuple[tuple[float, ...], tuple[float, ...]]) -> float:
    """Ratio of two polynomials of degree seven (Horner's scheme)."""
    top, bottom = coefficients
    numerator, denominator = top[7], bottom[7]
    for k in range(6, -1, -1):
        numerator = numerator * r + top[k]
        denominator = denominator * r + bottom[k]
    return numerator / denominator


@primitive
def uniforms(
    seed: int, replication: int, entity: int, occasion: int, purpose: int, block: int
) -> tuple[float, float, float, float]:
    """Four uniform draws in (0, 1): 52 bits each, never 0 and never 1."""
    w0, w1, w2, w3 = philox(seed, replication, entity, occasion, purpose, block)
    return (_unit(w0), _unit(w1), _unit(w2), _unit(w3))


@primitive
def normal(u: float) -> float:
    """Standard normal quantile of u in (0, 1), relative error about 1e-15.

    Source: Wichura (1988), algorithm AS 241 (PPND16), because scipy's ndtri cannot be
    called from a cached compiled rule; the tests hold it against scipy.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(r, _CENTRE)
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    size = _ratio(r - 1.6, _MIDDLE) if r <= 5.0 else _ratio(r - 5.0, _TAIL)
    return -size if q < 0.0 else size


@kernel
def fill_uniforms(
    out: NDArray[np.float64], seed: int, replication: int, entities: NDArray[np.int64],
    occasion: int, purpose: int, first_block: int,
) -> None:  # fmt: skip
    """Fill ``out`` (entities x 4*blocks) with keyed uniforms, one block after another."""
    for i in range(out.shape[0]):
        for block in range(out.shape[1] // 4):
            u = uniforms(seed, replication, entities[i], occasion, purpose, first_block + block)
            for j in range(4):
                out[i, 4 * block + j] = u[j]


def draw_columns(
    seed: int, replication: int, entities: NDArray[np.int64], purpose: int, columns: int,
    *, occasion: int = 0, first_block: int = 0,
) -> NDArray[np.float64]:  # fmt: skip
    """Uniforms for many entities, one row each: array (len(entities), columns)."""
    out = np.empty((len(entities), -(-columns // 4) * 4))
    fill_uniforms(out, seed, replication, entities, occasion, purpose, first_block)
    return out[:, :columns]
