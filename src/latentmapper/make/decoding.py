"""Pictures of what a shape model makes of codes (3D-LatentMapper, section 3.1), with the codes they show."""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from latentmapper.executors import CORES, Executor
from latentmapper.files import sha256_of_bytes
from latentmapper.make.dataset.coded import CodedShape, DecodeRecipe, coded_shapes
from latentmapper.make.dataset.decoded_views import SentBase, check_decoded, render_codes
from latentmapper.make.dataset.render_shapes import begin, for_category
from latentmapper.make.dataset.store import Store
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import ViewRecord
from latentmapper.make.exporting import to_send
from latentmapper.make.training.codes import load_codes, save_codes
from latentmapper.make.training.shape_run import TrainedShape, load_shape_run
from latentmapper.pace import Watch, paced
from latentmapper.places import Place

CODES = "codes.safetensors"


@dataclass(frozen=True)
class Decoding:
    """Codes to decode and render: `Decoding.of(store, run, views, recipe).render(output)`."""

    model: TrainedShape
    """The shape model."""
    shapes: list[CodedShape]
    """What to render, in order."""
    views: ViewRecipe
    """What the pictures show."""
    recipe: DecodeRecipe
    """How codes become meshes."""

    @classmethod
    def of(cls, store: Store, run: Path, views: ViewRecipe, recipe: DecodeRecipe) -> "Decoding":
        """The codes of a store's shapes in a run of `latentmapper train shape`, or codes between them.

        Raises
        ------
        StoreError : there is no run in the folder, or it does not fit the store.
        """
        model = load_shape_run(run)
        shapes = coded_shapes(store.records, model.ids, model.codes.numpy(), recipe, views.seed)
        return cls(model, shapes, for_category(views, store.header.get("category")), recipe)

    def render(self, output: Place, executor: Executor = CORES, watch: Watch = paced) -> list[ViewRecord]:
        """Render what is missing into a folder of views and return all its records.

        Codes between shapes are written beside the views, as `CODES`: a mapper's targets. A code that gives
        no surface is left out, with a warning in the log.

        Parameters
        ----------
        watch : tells how far the shapes are

        Raises
        ------
        StoreError : the folder holds views of another recipe, or meshes of another model or resolution
        UsageError : the recipe's folder of backgrounds holds no photos
        """
        begin(output, self.views)
        header = asdict(self.recipe) | {"model": fingerprint(self.model)}
        del header["between"]  # more of them may be asked for later
        check_decoded(output, header)
        between = [shape for shape in self.shapes if shape.mesh == "between"]
        if between:
            _add_codes(output / CODES, between)
        resolution = self.recipe.resolution
        return render_codes(self.shapes, self._base, output, self.views, resolution, executor, watch)

    def _base(self) -> SentBase:
        return to_send(self.model, self.recipe.level)


def fingerprint(model: TrainedShape) -> str:
    """What tells a model's weights and codes from another's, or from its own after more training."""
    weights = [tensor.numpy().tobytes() for tensor in model.network.state_dict().values()]
    return sha256_of_bytes(model.codes.numpy().tobytes(), *weights)[:16]


def _add_codes(path: Place, shapes: list[CodedShape]) -> None:
    """Write codes, keeping those of an earlier run: the folder holds pictures of them."""
    codes = load_codes(path) if path.is_file() else {}
    new = {shape.shape: shape.code for shape in shapes if shape.shape not in codes}
    if new:
        codes |= new
        save_codes(path, list(codes), np.stack(list(codes.values())))
