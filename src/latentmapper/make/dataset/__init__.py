"""From shapes to data: repair, signed distances, splits, pictures, features."""
