"""Every error that a user can cause, each with the exit code the command line ends with."""

GO_ON = "run the same command again to go on"
"""How messages end where what is finished is kept."""


class LatentMapperError(Exception):
    """Base of all errors whose text is meant for the user.

    The message says what is wrong and, where there is one, the fix; it never needs a traceback.
    """

    exit_code = 1


class UsageError(LatentMapperError):
    """The command or call was asked for something that does not exist or does not fit together."""

    exit_code = 2


class MissingError(LatentMapperError):
    """A weight, pack or optional dependency is missing; the message holds the command that mends it."""

    exit_code = 3


class PackError(MissingError):
    """A pack is damaged, of a newer format, or made for another ViT."""


class PhotoError(LatentMapperError):
    """A picture cannot be read."""


class RefusedPhoto(PhotoError):
    """A picture was read but shows none of the categories that the packs know."""


class MeshError(LatentMapperError):
    """A mesh cannot be used (no faces, zero area, not finite)."""


class StoreError(LatentMapperError):
    """A data store is damaged, incomplete or of another version."""


class RecipeError(UsageError):
    """A recipe has an unknown field or a value out of range."""


class TrainingError(LatentMapperError):
    """A training went astray: there is nothing in it to go on with."""


class WorkerError(LatentMapperError):
    """A worker process died, and so did those that took its work over.

    Parameters
    ----------
    item : what the last of them was at; None where that is not known.
    """

    def __init__(self, message: str, item: object = None) -> None:
        super().__init__(message)
        self.item = item
