"""From a code to distances, to a surface, to a clean mesh and its file."""
