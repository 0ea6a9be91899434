"""What drives an answer: sensitivity analysis of a model that has luck."""
