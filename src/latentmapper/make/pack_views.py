"""Pictures of the shapes that a finished pack knows, decoded from its codes: no store is needed."""

from latentmapper.executors import CORES, Executor
from latentmapper.features.clip.image import GRAPH as CLIP
from latentmapper.features.compression import ENCODER
from latentmapper.files import sha256_of_bytes
from latentmapper.make.dataset.coded import CodedShape
from latentmapper.make.dataset.decoded_views import SentBase, check_decoded, render_codes
from latentmapper.make.dataset.render_shapes import begin, for_category
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.make.dataset.views import ViewRecord
from latentmapper.mapper import MAPPER
from latentmapper.pace import Watch, paced
from latentmapper.pack import Pack
from latentmapper.pack_folder import ARRAYS, DIRECTIONS, GLANCE, MODEL_CARD, NAMES
from latentmapper.places import Place
from latentmapper.second import GRAPH as SECOND

OTHER_FILES = (
    *(ARRAYS, DIRECTIONS, GLANCE, NAMES, MODEL_CARD, "LICENSE", "NOTICE"),
    *(MAPPER, ENCODER, CLIP, SECOND),
)
"""Of a pack, but for those of its base model."""


def render_pack(
    pack: Pack,
    output: Place,
    recipe: ViewRecipe,
    resolution: int = 96,
    executor: Executor = CORES,
    watch: Watch = paced,
) -> list[ViewRecord]:
    """Render what is missing into a folder of views and return all its records.

    Parameters
    ----------
    recipe : what the pictures show; its category is the pack's where it has none.
    resolution : cells along each side of the lattice in which surfaces are found.
    watch : tells how far the shapes are.

    Raises
    ------
    PackError : nobody has registered a base model of its kind.
    StoreError : the folder holds views of another recipe, or meshes of other codes or of another resolution.
    UsageError : the folder holds a store, or the recipe's folder of backgrounds no photos.
    """
    recipe = for_category(recipe, pack.category)
    own = set(pack.metadata["files"]).difference(OTHER_FILES)
    base = SentBase.read(pack.folder, pack.metadata["base"], own)
    begin(output, recipe)
    model = sha256_of_bytes(pack.bank.tobytes(), base.sha256.encode())[:16]
    check_decoded(output, {"resolution": resolution, "model": model})
    return render_codes(known_shapes(pack), lambda: base, output, recipe, resolution, executor, watch)


def known_shapes(pack: Pack) -> list[CodedShape]:
    """The codes of a pack's bank, each with the id of its shape; variants of one ("van~1") are its group."""
    return [
        CodedShape(code, name, name.split("~")[0], name.split("__")[0], "decoded")
        for name, code in zip(pack.shape_names, pack.bank, strict=True)
    ]
