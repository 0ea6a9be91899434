"""Fitting parameters to data: moments, the model's own moments, estimates with their errors."""
