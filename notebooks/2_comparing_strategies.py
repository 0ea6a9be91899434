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
# # Comparing strategies
#
# A strategy is compared with the baseline in the same worlds: same firms, same luck. The difference in
# each world is what the strategy did. Set `LOANLAB_QUICK=1` for a trial of a few seconds; its numbers
# say nothing.

# %%
import os

from experiments import Study
from scenarios import load_scenario

quick = bool(os.environ.get("LOANLAB_QUICK"))
size = {"enterprises": 100, "months": 6, "burn_in_months": 24} if quick else {"enterprises": 1_000}
worlds = 3 if quick else 30

# %% [markdown]
# ## Three lines

# %%
scenario = load_scenario("l_bank", **size)
study = Study(scenario, ["internal_control", "staff_ability", "tighter_cutoff"], worlds)
study.run(jobs=1 if quick else 2, progress=not quick)
print(f"{len(study.runs)} runs, {len(study.failures)} failed")

# %% [markdown]
# ## A tidy table
#
# One row for each strategy, measure and interval. `luck`: assumptions as declared. `assumptions`: each
# assumption drawn from its range in each world. Neither interval is the range in which one bank's effect
# lies: both are of the mean.

# %%
changes = study.comparison()
shown = changes[changes["measure"].isin(["loss_rate", "disbursed"])]
columns = ["strategy", "measure", "interval", "relative_change", "relative_low", "relative_high"]
print(shown[columns].round(3).to_string(index=False))

# %% [markdown]
# ## What is resolved
#
# A change is told from luck where its interval leaves out 0. How many worlds would it take?

# %%
from experiments.precision import precision

known = precision(study.runs, share=0.05)
print(known[["strategy", "interval", "half_width", "variance_ratio", "replications_needed"]]
      .round(2).to_string(index=False))  # fmt: skip

# %% [markdown]
# The variance ratio says what pairing is worth: so many times more worlds it would take if each arm had
# its own luck.
#
# ## Less loss, or less lending?
#
# Who lends less loses less. At equal volume the strategy stands beside a baseline whose cut-off is moved
# until it lends as much.

# %%
equal = study.at_equal()
if len(equal):
    rows = equal[(equal["measure"] == "loss_rate") & (equal["reference"] == "equal_volume")]
    print(rows[[*columns[:1], *columns[2:]]].round(3).to_string(index=False))

# %% [markdown]
# ## A picture
#
# In Jupyter the figure is shown; as a script it is only made.

# %%
from experiments.figures import draw_comparison

figure = draw_comparison(changes, scenario)
figure
