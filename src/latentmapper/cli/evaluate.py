"""`latentmapper evaluate PACK STORE -o OUT`: a pack against meshes it has never seen."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import tyro

from latentmapper.cli.execution import Execution
from latentmapper.cli.logs import show_logs
from latentmapper.cli.places import PlaceOption
from latentmapper.errors import MissingError, UsageError
from latentmapper.files import write_text
from latentmapper.make.evaluation.conditions import STANDARD, Condition
from latentmapper.photo.windows import MOST

if TYPE_CHECKING:
    from latentmapper.executors import Executor
    from latentmapper.make.dataset.store import Record
    from latentmapper.make.evaluation.cases import Named
    from latentmapper.make.evaluation.evaluate import Evaluator
    from latentmapper.make.evaluation.session import Session

Metric = Literal[
    "chamfer",
    "f_score",
    "f_score_01",
    "f_score_02",
    "chamfer_in_place",
    "chamfer_l1",
    "nearest_manhattan",
    "emd",
    "emd_manhattan",
    "emd_all",
    "emd_all_manhattan",
    "iou",
    "normal_consistency",
    "watertight",
]
ABSOLUTE = {
    "chamfer_in_place": "compares shapes where they stand",
    "iou": "compares volumes as they stand",
    "watertight": "does not depend on where the shape is",
}
EMD = {"emd", "emd_manhattan"}


@dataclass(frozen=True)
class Config:
    """Reconstruct pictures of test shapes and compare with the original meshes; run again to resume."""

    pack: Annotated[Path, tyro.conf.Positional]
    """Folder of the pack."""
    store: Annotated[PlaceOption, tyro.conf.Positional]
    """Store with the test shapes."""
    output: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("evaluation")
    """Folder for results.json, results.md, and the shapes that are done."""
    split: Literal["test", "validation", "train", "held-out", "all"] = "test"
    """Which shapes of the store; deformed ones are never taken. held-out: kinds that nothing was trained on,
    see data build --hold-out."""
    decoded: bool = False
    """Add a table in the paper's own way: picture and truth are the mesh that the base model makes of the
    shape's code, from --ceiling or of the pack's known shapes."""
    conditions: tuple[Condition, ...] = STANDARD
    """Kinds of pictures, one row of the report each: backgrounds, occlusion (in per cent), small pictures
    (side in pixels), blur (deviation in pixels), JPEG (quality)."""
    metrics: tuple[Metric, ...] = ("chamfer", "f_score")
    """What is measured; chamfer and f_score always are. Each is defined below the table in results.md."""
    aligned: tuple[Metric, ...] = ()
    """Metrics to give once more after similarity alignment; all but chamfer_in_place, iou and watertight."""
    emd_points: int = 2048
    """Points that EMD matches one to one, up to 5000; part of the protocol's id."""
    emd_views: int = 3
    """Pictures of each shape and condition on which EMD is taken; part of the protocol's id."""
    views_per_shape: int = 72
    """Pictures of each shape and condition, of 24 azimuths x 3 elevations; part of the protocol's id."""
    resolution: int = 96
    """Lattice cells a side for reconstructions; part of the protocol's id."""
    limit_shapes: int | None = None
    """Take so many shapes only, always the same ones."""
    features: tuple[PlaceOption, ...] = ()
    """Descriptors of training pictures (data features), for the row "nearest training shape"."""
    training: tuple[PlaceOption, ...] = ()
    """Stores that hold those training shapes; by default STORE."""
    ceiling: PlaceOption | None = None
    """Codes fitted to the test shapes (fit), for the row "ceiling"."""
    floor: bool = False
    """Add the row "floor": the true mesh against other points of itself."""
    oracle: bool = False
    """Add the row "best training shape": the one of --training of least Chamfer distance to the truth."""
    examples: int = 5
    """Shapes of which a picture and all meshes are kept for the report, at even percentiles of the error."""
    worst: int = 10
    """Shapes on which the pack is worst, likewise."""
    cases: Path | None = None
    """A results.json whose pictures are kept instead, so that packs can be looked at side by side."""
    timed: int = 0
    """Time every method on so many pictures, one after the other; nothing else should be running."""
    baselines: tuple[Path, ...] = ()
    """Runs of `latentmapper train baseline`, a row each; a stage's own folder names another than the last."""
    vit: Path | None = None
    """Another ViT's ONNX file, for packs made for it; by default the bundled one."""
    precision: Literal["float32", "glance", "int8", "auto"] = "float32"
    """How exactly pictures are looked at; reconstruct takes auto, which is int8 where that is fast and glance
    elsewhere."""
    looks: int = 1
    """How often the pack looks closer at the object, 0 to 4; its shapes are averaged."""
    workers: int | None = None
    """Shapes at a time, a thread each; by default one with all threads or, on Ray, one for each core."""
    execution: Annotated[Execution, tyro.conf.arg(name="")] = field(default_factory=Execution)
    """Where the work is done."""

    def __post_init__(self) -> None:
        """Name the flag that cannot be followed."""
        if not 0 <= self.looks <= MOST:
            raise UsageError(f"--looks {self.looks}: choose 0 to {MOST}")
        if self.limit_shapes is not None and self.limit_shapes < 1:
            raise UsageError(f"--limit-shapes must be at least 1, not {self.limit_shapes}")
        for name in ("examples", "worst", "timed"):
            if getattr(self, name) < 0:
                raise UsageError(f"--{name} must be at least 0, not {getattr(self, name)}")
        if not self.conditions:
            raise UsageError(f"--conditions needs at least one of {', '.join(get_args(Condition))}")
        if twice := [name for name in self.conditions if self.conditions.count(name) > 1]:
            raise UsageError(f"--conditions: {twice[0]} is named twice")
        if absolute := [name for name in self.aligned if name in ABSOLUTE]:
            raise UsageError(f"--aligned: {absolute[0]} {ABSOLUTE[absolute[0]]}; leave it to --metrics")
        if (self.emd_points, self.emd_views) != (2048, 3) and not {*self.metrics, *self.aligned} & EMD:
            raise UsageError("--emd-points and --emd-views go with emd or emd_manhattan in --metrics")
        given = {"--features": self.features, "--training": self.training, "--ceiling": (self.ceiling,)}
        given["--cases"] = (self.cases,)
        given["--baselines"] = self.baselines
        for flag, paths in given.items():
            if missing := [path for path in paths if path and not path.exists()]:
                raise MissingError(f"{flag}: {missing[0]} does not exist")


def main(verb: str, argv: list[str]) -> int:
    """Run the verb."""
    config = tyro.cli(Config, args=argv, prog=f"latentmapper {verb}")
    show_logs()
    from latentmapper.cli.progress import counted
    from latentmapper.make.dataset.store import Store
    from latentmapper.make.evaluation import report, tables
    from latentmapper.make.evaluation.cases import same_cases
    from latentmapper.make.evaluation.refusals import with_refusals
    from latentmapper.make.evaluation.session import DECODED, Evaluation, choose, decoded, finished
    from latentmapper.pack import Pack

    executor = config.execution.choose(config.workers, locally=1)
    session, store = _session(config, executor), Store.open(config.store)
    _require_category(config, store.header["category"])
    records = choose(store, config.split, config.limit_shapes)
    if config.decoded:
        records += decoded(records, session.sources.codes(Pack.open(config.pack)))
    named = same_cases(config.cases, session, records) if config.cases else None
    if reason := session.begin(records):
        print(f"{config.output}: {reason}", file=sys.stderr)
    kept, missing = finished(session, records)
    evaluation = Evaluation(session)
    made = counted(executor.map(evaluation, missing), len(records), "shapes", len(kept))
    results = sorted(
        with_refusals([*kept, *(result for _, result in made)]),
        key=lambda result: (result["origin"] == DECODED, result["id"]),
    )
    command = f"latentmapper {verb} {shlex.join(argv)}"
    header = report.header(session, store, config.split, command, [record.id for record in records])
    for warning in report.warnings(header):
        print(f"warning: {warning}", file=sys.stderr)
    header |= _afterwards(config, session, records, results, named, lambda: evaluation.evaluator)
    table = report.rows(results)
    write_text(config.output / "results.json", report.as_json(header, table, results))
    write_text(config.output / "results.md", tables.as_markdown(header, table, results))
    print((config.output / "results.md").read_text(encoding="utf-8"))
    return 0


def _require_category(config: Config, shows: str) -> None:
    """Raise `UsageError` for shapes of another category: they would be painted as the pack's are."""
    from latentmapper.pack_folder import read_metadata

    pack = read_metadata(config.pack)
    if pack["category"] != shows:
        known = f"pack {pack['id']} knows {pack['category']} shapes"
        raise UsageError(f"{known}, and {config.store} holds {shows} ones")


def _afterwards(
    config: Config,
    session: "Session",
    records: "list[Record]",
    results: list[dict[str, Any]],
    named: "Named | None",
    load: "Callable[[], Evaluator]",
) -> dict[str, Any]:
    """What the report shows besides numbers: the cases that were named, or chosen ones, and times."""
    from latentmapper.make.evaluation.afterwards import keep_cases, times
    from latentmapper.make.evaluation.cases import CHOOSER, choose_cases

    if named:
        wanted = named.cases
    else:
        wanted = choose_cases(results, session.conditions[0], config.examples, config.worst)
    cases = keep_cases(session, records, wanted, load)
    told: dict[str, Any] = {"cases": [asdict(case) for case in cases]}
    if named and named.chooser:
        told[CHOOSER] = named.chooser
    if config.timed:
        told["times"] = times(session, [r for r in records if r.origin != "decoded"], config.timed, load)
    return told


def _session(config: Config, executor: "Executor") -> "Session":
    from latentmapper.make.evaluation.comparison import measures
    from latentmapper.make.evaluation.protocol import Rules
    from latentmapper.make.evaluation.session import Session
    from latentmapper.make.evaluation.setup import Sources
    from latentmapper.quantising import resolved

    rules = Rules(
        views_per_shape=config.views_per_shape,
        resolution=config.resolution,
        emd_points=config.emd_points,
        emd_views=config.emd_views,
    )
    sources = Sources(
        config.pack,
        config.features,
        config.training or (config.store,),
        config.ceiling,
        truth=config.store,
        floor=config.floor,
        oracle=config.oracle,
        vit=config.vit,
        precision=resolved(config.precision),
        looks=config.looks,
        baselines=config.baselines,
    )
    measured = measures(config.metrics, config.aligned)
    return Session(config.store, rules, config.conditions, sources, config.output, executor.threads, measured)
