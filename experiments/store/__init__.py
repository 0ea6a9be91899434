"""Where a study's results are kept, and how they are found again."""
