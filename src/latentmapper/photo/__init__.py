"""The photo: reading it safely, framing the object, checking what it shows."""
