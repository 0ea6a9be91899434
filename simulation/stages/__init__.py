"""The stages of a month. They do not import each other: the order stands in the model."""
