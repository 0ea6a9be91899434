"""Speed of the model as ratios: both sides of a ratio are measured in turns. Nothing fails."""
