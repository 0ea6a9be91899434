"""``python -m experiments`` is ``loanlab``."""

from experiments.cli import main

if __name__ == "__main__":
    main()
