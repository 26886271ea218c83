"""One training loop, its checkpoints and logs, and a recipe for every model."""
