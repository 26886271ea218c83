"""From a picture to its descriptor."""
