"""The command line: one file a verb, imported only when its verb is used."""

import importlib
import os
import sys

from latentmapper.errors import LatentMapperError

# verb -> (module, one-line help); a verb may be two words, as in "data build".
VERBS: dict[str, tuple[str, str]] = {
    "reconstruct": ("reconstruct", "photographs to meshes"),
    "packs list": ("packs", "the model packs at hand"),
    "packs show": ("packs", "what one pack is and how it was made"),
    "packs verify": ("packs", "check every file of a pack against its hashes"),
    "packs build": ("packs_build", "write a pack from a trained shape model and mapper"),
    "doctor": ("doctor", "what is installed, what is missing, what to do"),
    "cache show": ("cache", "what the user cache holds"),
    "cache clear": ("cache", "empty the user cache"),
    "data build": ("data_build", "meshes to a store of signed distances"),
    "data render": ("data_render", "a store to pictures with known shape"),
    "data features": ("data_features", "pictures to ViT descriptors"),
    "train shape": ("train_shape", "a store to a generative shape model"),
    "train mapper": ("train_mapper", "descriptors to codes"),
    "fit": ("fit", "the codes of new meshes, by optimisation"),
    "evaluate": ("evaluate", "a pack against meshes it has never seen"),
}


def main() -> None:
    """Entry point of the `latentmapper` command; ends the process with the exit code."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Run one command line and return its exit code; user errors are printed as one line."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(_overview())
        return 0 if argv else 2
    if argv[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"latentmapper {version('latentmapper')}")
        return 0
    for words in (2, 1):
        verb = " ".join(argv[:words])
        if verb in VERBS:
            return _run_verb(verb, argv[words:])
    return _unknown(argv)


def _run_verb(verb: str, rest: list[str]) -> int:
    module = importlib.import_module(f"latentmapper.cli.{VERBS[verb][0]}")
    try:
        return module.main(verb, rest)
    except LatentMapperError as error:
        print(f"latentmapper {verb}: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print(f"latentmapper {verb}: stopped; run the same command again to go on", file=sys.stderr)
        return 130


def _unknown(argv: list[str]) -> int:
    family = [verb for verb in VERBS if verb.split()[0] == argv[0]]
    if family:
        print(f"latentmapper {argv[0]}: choose one of: {', '.join(family)}", file=sys.stderr)
    else:
        print(f"latentmapper: unknown command {argv[0]!r}; see latentmapper --help", file=sys.stderr)
    return 2


def _overview() -> str:
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {text}" for verb, (_, text) in VERBS.items()]
    return "\n".join(
        [
            "usage: latentmapper COMMAND ...    (latentmapper COMMAND --help tells its options)",
            "",
            "One photograph of a car or an airplane becomes a clean, watertight 3D mesh.",
            "",
            *lines,
            "",
            "  --version  the version",
        ]
    )
