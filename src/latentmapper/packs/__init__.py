"""The packs that ship with the package."""
