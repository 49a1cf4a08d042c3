"""Whether the mixed model keeps its intercept where schools do not differ at all."""

import numpy as np

from analysis.desk.method_worlds import fits_without_differences

SETS, TRUTH = 75, 60.0


def wrong_intercepts() -> dict[str, int]:
    """Return, of 75 fits of 5 to 12 schools without differences, the wrong intercepts: usual call, and the exact model."""
    usual, exact, said = fits_without_differences(SETS)
    return {
        "sets": SETS,
        "usual": int((np.abs(usual - TRUTH) > 0.1 * TRUTH).sum()),
        "said_converged": said,
        "exact": int((np.abs(exact - TRUTH) > 0.1 * TRUTH).sum()),
    }
