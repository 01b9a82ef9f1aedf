"""Which values no normal noise explains: the body of the residuals says how their tail should fall."""

from __future__ import annotations

import numpy as np
from scipy.stats import t as student_t

from anomaly.series.evidence.residuals import FREEDOM

BODY = (0.5, 0.75, 0.9)
"""Quantiles of absolute residuals that normal noise is fitted to: a tenth of the values may be faults."""
FALSE_SHARE = 0.01
"""Of the values called outlying, the share that may be normal ones."""
FEWEST = 200
"""Values under which none is called outlying."""


def outlying(residual: np.ndarray, least_scale: float) -> np.ndarray:
    """Which residuals (T,), NaN where unknown, lie beyond the tail that their body predicts, (T,).

    The body is Student's t by its quantiles, the empirical null (Efron 2004, doi:10.1198/016214504000000089). What
    exceeds the tail is found at a false discovery rate of FALSE_SHARE (Benjamini and Hochberg 1995,
    doi:10.1111/j.2517-6161.1995.tb02031.x). Heavy tails that go on as the body begins them are normal noise.
    """
    known = np.isfinite(residual)
    if known.sum() < FEWEST:
        return np.zeros(len(residual), dtype=bool)
    size = np.abs(residual - np.median(residual[known]))
    scale, freedom = _null(size[known])
    apart = size / max(scale, least_scale)
    farthest = np.sort(apart[known])[::-1][: int(len(size) * (1 - BODY[-1]))]
    rank = np.arange(1, len(farthest) + 1)
    passed = np.flatnonzero(2 * student_t.sf(farthest, freedom) <= FALSE_SHARE * rank / known.sum())
    least = farthest[passed[-1]] if len(passed) else np.inf
    return np.asarray(known & (apart >= least))


def _null(size: np.ndarray) -> tuple[float, float]:
    """Scale and degrees of freedom of normal noise by the quantiles of its absolute values (N,)."""
    reach = np.quantile(size, BODY)
    if not reach[0] > 0:
        return float(reach[-1]), FREEDOM[0]
    wanted = np.log(reach[-1] / reach[0])
    freedom = min(FREEDOM, key=lambda f: abs(wanted - np.log(_REACH[f][-1] / _REACH[f][0])))
    return float(np.max(reach / _REACH[freedom])), freedom


_REACH = {freedom: student_t.ppf((1 + np.array(BODY)) / 2, freedom) for freedom in FREEDOM}
"""What the BODY quantiles of |t| are."""
