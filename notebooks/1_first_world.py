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
# # A first world
#
# One bank, its officers and its borrowers, month by month; then the same world under another
# management. Runs as a script, or as a notebook with jupytext.

# %%
from scenarios import load_scenario
from simulation import LoanPortfolio

# A small world, so that every cell answers at once. Leave the arguments out for the real one.
scenario = load_scenario("l_bank", enterprises=400, burn_in_months=48, months=12)
model = LoanPortfolio(scenario, seed=7)  # the burn-in is over when this returns
print(f"{len(model.enterprises)} firms, {model.loan_count} contracts so far")

# %% [markdown]
# ## The bank's view: one row a month

# %%
for _ in range(12):
    model.step()
columns = ["month", "clients", "npl_ratio", "npl_ratio_true", "approved", "defaults"]
print(model.months[columns].tail(12).round(3).to_string(index=False))

# %% [markdown]
# ## One firm: what is true, and what the file says
#
# `score` is the bank's belief at the last file, in standard deviations of repayment capacity.

# %%
borrowers = model.enterprises.select(lambda firm: firm.loan >= 0)
firm = next(iter(borrowers))
print(firm, "runway", round(firm.runway, 1), "months; score", round(firm.score, 2))
print("checks made in its last file (bits):", firm.checks)

# %% [markdown]
# ## The twin: the same world, another management
#
# Both arms start from the same month and share all luck; they differ by decisions alone.

# %%
start = LoanPortfolio(scenario, seed=7)
arms = {name: start.fork(name).run() for name in ("baseline", "internal_control")}
for measure in ("loss_rate", "default_rate", "disbursed", "decision_days"):
    row = [f"{name} {values[measure]:,.4g}" for name, values in arms.items()]
    print(f"{measure:14s}", "   ".join(row))

# %% [markdown]
# One world says nothing about a strategy: `loanlab compare l_bank` runs many.
