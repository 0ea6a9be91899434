# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Which assumptions carry the answer
#
# Six assumptions are moved over their ranges, in the same worlds of luck at every point (Morris
# screening). The question: what drives the loss rate, and what drives the *benefit* of a strategy? Set
# `LOANLAB_QUICK=1` for a trial whose numbers say nothing.

# %%
import os

from experiments.sensitivity.analysis import finding, questions
from experiments.sensitivity.factors import continuous, declared
from experiments.sensitivity.methods import METHODS
from experiments.sensitivity.study import SensitivityStudy
from scenarios import load_scenario

quick = bool(os.environ.get("LOANLAB_QUICK"))
size = (
    {"enterprises": 60, "months": 3, "burn_in_months": 12, "run_off_months": 6} if quick
    else {"enterprises": 500, "burn_in_months": 48}
)  # fmt: skip
scenario = load_scenario("l_bank", **size)

# %% [markdown]
# ## Factors
#
# `declared` takes the range that the model itself states for an assumption; `continuous` takes yours.

# %%
names = ["check_compliance", "dressing", "detection", "hiding", "auction_value"]
factors = [declared(scenario, name) for name in names]
factors.append(continuous("cutoff", -0.2, 0.2))
for factor in factors:
    print(factor.name)

# %% [markdown]
# ## Run
#
# A trajectory takes one step in each factor. Every point is lived in the same worlds of luck, so a
# difference between two points is the factors' doing, but for what luck and factors do together.

# %%
study = SensitivityStudy(
    scenario, factors, METHODS["morris"], samples=4 if quick else 20,
    replications=2, strategies=["internal_control"],
)  # fmt: skip
study.run(jobs=1 if quick else 2)
print(f"{len(study.points)} points")

# %% [markdown]
# ## Read
#
# `mu_star` is the mean absolute change over the factor's range; the interval is a bootstrap's. The floor
# is what chance alone would show: what lies below it is not told from nothing.

# %%
from experiments.sensitivity.methods.base import NoAnswerError

for question in questions(["loss_rate"], study.arms):
    try:
        found = finding(study, question)
    except NoAnswerError as error:
        print(f"{question.title}: {error}")
        continue
    print(f"\n{question.title}; floor {found.floor:.4f}")
    print(found.ranking[["factor", "value", "low", "high"]].round(4).to_string(index=False))
    print(found.verdict)

# %% [markdown]
# The verdict says what has settled. A ranking of two factors whose intervals overlap is not a finding:
# take more trajectories, or more worlds at a point where luck is what is in the way.
