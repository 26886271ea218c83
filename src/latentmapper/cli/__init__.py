"""The command line: one file a verb, imported only when its verb is used."""

import errno
import importlib
import io
import os
import sys
from collections.abc import Callable
from types import ModuleType

from latentmapper.errors import GO_ON, LatentMapperError

# verb -> (module, one-line help); a verb may be two words, as in "data build".
VERBS: dict[str, tuple[str, str]] = {
    "reconstruct": ("reconstruct", "photographs to meshes"),
    "app": ("app", "the same on a web page, in your browser"),
    "edit": ("edit", "a reconstruction changed: by sliders, to measured values, by words"),
    "morph": ("morph", "from one reconstruction to another, as an animation or one shape between"),
    "serve": ("serve", "the same over HTTP"),
    "packs list": ("packs", "the model packs at hand"),
    "packs show": ("packs", "what one pack is and how it was made"),
    "packs verify": ("packs", "check every file of a pack against its hashes"),
    "packs build": ("packs_build", "write a pack from a trained shape model and mapper"),
    "packs annotate": ("packs_annotate", "write results into the pack that they measured"),
    "packs glance": ("packs_glance", "let a pack judge photos by smaller pictures of them"),
    "packs render": ("packs_render", "the shapes that a pack knows to pictures with known shape"),
    "packs view": ("packs_view", "let a pack tell from where photos are taken"),
    "packs second": ("packs_second", "let a pack ask a second mapper besides its own"),
    "packs directions": ("packs_directions", "find what the shapes of a pack can be edited along"),
    "doctor": ("doctor", "what is installed, what is missing, what to do"),
    "cache show": ("cache", "what the user cache holds"),
    "cache clear": ("cache", "empty the user cache"),
    "data build": ("data_build", "meshes to a store of signed distances"),
    "data describe": ("data_describe", "what the shapes of a store are, in sentences"),
    "data render": ("data_render", "a store to pictures with known shape"),
    "data features": ("data_features", "pictures to ViT descriptors"),
    "data vit": ("data_vit", "a ViT of the Hugging Face hub to an ONNX file"),
    "train shape": ("train_shape", "a store to a generative shape model"),
    "train autoencoder": ("train_autoencoder", "descriptors to a few numbers each"),
    "train mapper": ("train_mapper", "descriptors to codes"),
    "train baseline": ("train_baseline", "AtlasNet or IM-NET, to set packs against"),
    "train location": ("train_location", "where in a picture the object is"),
    "train view": ("train_view", "from where a picture was taken"),
    "train second": ("train_second", "a second mapper, by what a classifier of photographs sees"),
    "train clip": ("train_clip", "a contrastive pair of pictures and sentences"),
    "train translator": ("train_translator", "photos to pictures that look like renders"),
    "photos filter": ("photos_filter", "which photos of a folder show a category, by CLIP"),
    "photos cut": ("photos_cut", "the objects of a folder of photos, cut out"),
    "photos translate": ("photos_translate", "photos of a folder as renders would show them"),
    "clip similarity": ("clip", "how well texts fit a picture"),
    "fit": ("fit", "the codes of new meshes, by optimisation"),
    "evaluate": ("evaluate", "a pack against meshes it has never seen"),
    "compare": ("compare", "two evaluations, sample by sample"),
    "report": ("report", "evaluations as a page of tables, curves, pictures and meshes"),
}
HELP = ("-h", "--help", "help")
FULL = (errno.ENOSPC, errno.EDQUOT)


def main() -> None:
    """Entry point of the `latentmapper` command; ends the process with the exit code."""
    # Names of files may hold what the terminal or the file behind standard output has no letters for.
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(argv: list[str]) -> int:
    """Run one command line and return its exit code; user errors are printed as one line."""
    if not argv or argv[0] in HELP:
        print(_overview(list(VERBS)))
        return 0 if argv else 2
    if argv[0] in ("-V", "--version"):
        from importlib.metadata import version

        print(f"latentmapper {version('latentmapper')}")
        return 0
    for words in (2, 1):
        verb = " ".join(argv[:words])
        if verb in VERBS:
            return _run_verb(verb, argv[words:])
    return _family(argv)


def _run_verb(verb: str, rest: list[str]) -> int:
    return ended(f"latentmapper {verb}", lambda: _load(verb).main(verb, rest))


def ended(name: str, work: Callable[[], int]) -> int:
    """Run a command's work, which gives its exit code, and return that.

    Whatever the user can mend ends as one line after the command's name, anything else as a traceback.
    """
    from latentmapper.cli.logs import logs_put_back
    from latentmapper.cli.places import PATHS

    try:
        with PATHS, logs_put_back():
            code = work()
        if sys.stdout is not None:  # the caller may have closed it
            sys.stdout.flush()
        return code
    except LatentMapperError as error:
        return _fail(name, str(error), error.exit_code)
    except ModuleNotFoundError as error:
        from latentmapper.extras import missing_extra

        missing = missing_extra(error)
        if missing is None:
            raise
        return _fail(name, str(missing), missing.exit_code)
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has seen enough
        if sys.stdout is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        problem = f"{error.strerror or error}: {error.filename or 'no file named'}"
        return _fail(name, f"{problem}; make room, and {GO_ON}" if error.errno in FULL else problem, 1)
    except SystemExit as stop:  # how the argument parser ends after --help or a wrong option
        return stop.code if isinstance(stop.code, int) else 0
    except KeyboardInterrupt:
        return _fail(name, f"stopped; {GO_ON}", 130)


def _load(verb: str) -> ModuleType:
    return importlib.import_module(f"latentmapper.cli.{VERBS[verb][0]}")


def _fail(name: str, message: str, code: int) -> int:
    print(f"{name}: {message}", file=sys.stderr)
    return code


def _family(argv: list[str]) -> int:
    """One word of a two-word verb, or an unknown one."""
    from latentmapper.spelling import did_you_mean

    family = [verb for verb in VERBS if verb.split()[0] == argv[0]]
    if family and argv[1:2] and argv[1] in HELP:
        print(_overview(family))
        return 0
    if family:
        meant = did_you_mean(" ".join(argv[:2]), family) if argv[1:] else ""
        print(f"latentmapper {argv[0]}: choose one of: {', '.join(family)}{meant}", file=sys.stderr)
    else:
        meant = did_you_mean(" ".join(argv[:2]), VERBS) or did_you_mean(argv[0], VERBS)
        print(f"latentmapper: unknown command {argv[0]!r}{meant}; see latentmapper --help", file=sys.stderr)
    return 2


def _overview(verbs: list[str]) -> str:
    width = max(map(len, VERBS))
    lines = [f"  {verb:<{width}}  {VERBS[verb][1]}" for verb in verbs]
    return "\n".join(
        [
            "usage: latentmapper COMMAND ...    (latentmapper COMMAND --help tells its options)",
            "",
            "One photograph of a car or an airplane becomes a clean, watertight 3D mesh.",
            "",
            *lines,
            "",
            f"  {'--version':<{width}}  the version",
        ]
    )
