import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from anomaly.tails import chi2_beyond, pareto_excess, pareto_survival, student_log_density, student_quantile


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.2])
def test_the_tail_of_a_generalised_pareto_is_that_of_scipy(shape):
    excess = np.array([0.0, 0.1, 1.0, 3.0, 40.0, np.inf, np.nan])
    assert np.array_equal(pareto_survival(excess, shape, 0.7), stats.genpareto.sf(excess, shape, scale=0.7), True)
    share = np.array([0.0, 1e-12, 0.3, 1.0])
    assert np.array_equal(pareto_excess(share, shape, 0.7), stats.genpareto.isf(share, shape, scale=0.7))


def test_chi_squared_and_student_are_those_of_scipy():
    values = np.array([-3.0, 0.0, 2.5])
    assert chi2_beyond(0.01, 7.0) == stats.chi2.isf(0.01, 7.0)
    assert student_quantile(0.975, 4.0) == stats.t.ppf(0.975, 4.0)
    assert np.array_equal(student_log_density(values, 4.0, 0.5), stats.t.logpdf(values, 4.0, scale=0.5))


def test_a_night_loads_neither_scipy_stats_nor_scikit_learn():
    jobs = "anomaly.series.night.score_job, anomaly.series.night.find_job, anomaly.series.night.drift_job"
    slow = "[name for name in ('scipy.stats', 'sklearn') if name in sys.modules]"
    code = f"import sys, {jobs}, anomaly.monitoring.jobs; print({slow})"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
