"""Finding the directions along which a pack's shapes are edited, and measuring what they do."""
