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
# # Your own rule
#
# A rule is a short function of numbers. Here the bank's `approves` is replaced: first by one in plain
# Python that keeps a list, then by one that is compiled, then in a study. Set `LOANLAB_QUICK=1` for a
# trial of a few seconds.

# %%
import os
from time import perf_counter

from scenarios import load_scenario
from simulation import LoanPortfolio

quick = bool(os.environ.get("LOANLAB_QUICK"))
size = {"enterprises": 100, "burn_in_months": 12, "months": 3} if quick else {"enterprises": 1_000}
scenario = load_scenario("l_bank", **size)
model = LoanPortfolio(scenario, seed=7)

# %% [markdown]
# ## In plain Python
#
# What Python alone can do, such as growing a list, makes the stages that call the rule plain Python. That
# is slow and honest: the results are the same to the last bit.

# %%
seen: list[float] = []


def approves(score: float, cutoff: float) -> bool:
    """The bank's own rule, which also notes what it sees."""
    seen.append(score)
    return score >= cutoff


start = perf_counter()
listening = model.fork(rules={"approves": approves})
listening.step()
print(f"{len(seen)} scores in a month, {perf_counter() - start:.2f} s")

twin = model.fork()
twin.step()
print("the same books:", twin.loans.tobytes() == listening.loans.tobytes())

# %% [markdown]
# ## Compiled
#
# The same without the list is compiled on its first call and then as fast as the model's own.


# %%
def approves_strictly(score: float, cutoff: float) -> bool:
    """A quarter of a standard deviation stricter."""
    return score >= cutoff + 0.25


if not quick:  # compiling takes some seconds
    strict = model.fork(rules={"approves": approves_strictly})
    own = model.fork()
    for name, arm in (("own rule", own), ("stricter", strict)):
        measures = arm.run()
        print(f"{name}: {measures['approval_rate']:.3f} approved, "
              f"{measures['loss_rate']:.4f} lost, {measures['disbursed']:,.0f} CNY lent")  # fmt: skip

# %% [markdown]
# ## In a study
#
# One world proves nothing. `Study(..., rules={...})` runs every arm with the rule; the rule's text is kept
# with the study, and a study with another rule is another study.

# %%
from experiments import Study

if not quick:
    rules = {"approves": approves_strictly}
    worlds = Study(scenario, ["internal_control"], 10, assumptions="fixed", rules=rules).run()
    own_worlds = Study(scenario, ["internal_control"], 10, assumptions="fixed").run()
    for name, study in (("own rule", own_worlds), ("stricter", worlds)):
        rows = study.comparison()
        row = rows[rows["measure"] == "loss_rate"].iloc[0]
        low, high = 100 * row["relative_low"], 100 * row["relative_high"]
        print(f"{name}: internal control changes the loss rate by "
              f"{100 * row['relative_change']:+.1f} [{low:+.1f}, {high:+.1f}] %")  # fmt: skip

# %% [markdown]
# A rule of the bank or of an officer never gets a true field of the firm: it decides from what the file
# says. That is the model's one promise about information.
