"""The photo: reading it safely, finding what is foreground, framing it for the ViT."""

from latentmapper.photo.reading import Photo, Source, read_bytes, read_photo

__all__ = ["Photo", "Source", "read_bytes", "read_photo"]
