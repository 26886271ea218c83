"""One photo-like picture of a shape, with all that is known about it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from latentmapper.errors import UsageError
from latentmapper.make.dataset.airplane_finish import airplane_finish
from latentmapper.make.dataset.car_finish import car_finish
from latentmapper.make.dataset.framing import SIZE, Frame, place, random_frame, still_frame
from latentmapper.make.dataset.lighting import Sky, light_surface, random_sky
from latentmapper.make.dataset.occluders import occluder_color, random_occluder
from latentmapper.make.dataset.outdoors import random_ground
from latentmapper.make.dataset.photometry import develop, jpeg, random_development, read_jpeg
from latentmapper.make.dataset.subject import Subject, recent_subject
from latentmapper.make.dataset.surroundings import Surroundings, background
from latentmapper.make.dataset.view_recipe import ViewRecipe
from latentmapper.render.camera import Camera
from latentmapper.render.sampling import Samples, sample


@dataclass(frozen=True)
class View:
    """A picture of a shape and the truth about it."""

    image: NDArray[np.uint8]
    """(224, 224, 3) RGB unless the recipe has another size; photos of other formats stand on neutral grey."""
    mask: NDArray[np.bool_]
    """(224, 224) where the shape is seen, occluders and the photo's edge taken off."""
    camera: Camera
    """Of the whole picture."""
    occlusion: float
    """Share of the shape's pixels in the photo that something hides."""


def make_view(
    vertices: NDArray[np.floating],
    faces: NDArray[np.integer],
    materials: NDArray[np.integer] | None,
    rng: Generator,
    recipe: ViewRecipe,
) -> View:
    """A random view of one shape; for many views of it, make a `Subject` and call `photograph`.

    Parameters
    ----------
    vertices, faces : (v, 3) canonical frame, (f, 3)
    materials : (f,) indices into `MATERIALS`, or None

    Raises
    ------
    MeshError : the mesh has no faces or is not finite
    """
    return photograph(Subject(vertices, faces, materials, recipe.category), rng, recipe)


def photograph(subject: Subject, rng: Generator, recipe: ViewRecipe, yaw: float | None = None) -> View:
    """A random view of a subject by a recipe.

    Parameters
    ----------
    yaw : degrees the subject is turned by before a camera that stands still; None for one anywhere around.
    """
    flying = subject.kind == "airplane" and rng.random() < 0.5
    frame = random_frame(subject, rng, recipe, flying) if yaw is None else still_frame(yaw, rng, recipe)
    share = rng.uniform(*recipe.occlusion) if rng.random() < recipe.occluded else 0.0
    kind = "plain" if rng.random() < recipe.plain else "outdoors"
    if kind != "plain" and recipe.backgrounds and rng.random() < recipe.patches:
        kind = "photo"
    elif kind != "plain" and rng.random() < 0.2:
        kind = "clutter"
    elif kind != "plain" and subject.kind != "airplane" and rng.random() < recipe.street:
        kind = "street"
    return _take(subject, frame, Surroundings(kind, flying, recipe.backgrounds), share, recipe.grey, rng)


def evaluation_view(
    vertices: NDArray[np.floating],
    faces: NDArray[np.integer],
    materials: NDArray[np.integer] | None,
    azimuth: float,
    elevation: float,
    background: str,
    occlusion: float,
    seed: int,
    category: str | None = None,
    side: int = SIZE,
) -> View:
    """A view from a given side, the same for the same arguments: what results are measured on.

    Lens, paint and light depend on the seed alone, so that backgrounds and occlusions compare.

    Parameters
    ----------
    azimuth, elevation : degrees
    background : "plain" or "cluttered" (outdoor scenes and heaps of shapes)
    occlusion : share of the shape that is hidden, 0 to 0.9
    category : car, airplane or other; guessed from the shape where None
    side : of the picture in pixels; a larger one shows the same more finely
    """
    if background not in ("plain", "cluttered"):
        raise UsageError(f"background must be plain or cluttered, not {background!r}")
    subject = recent_subject(vertices, faces, materials, category)
    rng = np.random.default_rng(seed)
    flying = subject.kind == "airplane" and (elevation < 0 or rng.random() < 0.5)
    camera = Camera(azimuth, elevation, 3.0, float(rng.uniform(25, 50)), float(rng.normal(0, 2)))
    frame = place(subject, camera, SIZE, SIZE, rng.uniform(0.75, 0.92), rng, cut=False)
    frame = Frame(frame.camera, side, side, (side, side))
    kind = "clutter" if rng.random() < 0.3 else "outdoors"
    around = Surroundings("plain" if background == "plain" else kind, flying)
    return _take(subject, frame, around, occlusion, 0.0, rng)


def _take(
    subject: Subject, frame: Frame, around: Surroundings, share: float, grey: float, rng: Generator
) -> View:
    """Light, paint, develop. Each part draws from a stream of its own, so that one leaves the others be."""
    light, paint, place_, hiding, camera = rng.spawn(5)
    lens, size = _camera_of_photo(frame), (frame.height, frame.width)
    samples = sample(subject.scene, lens, size, subject.known)
    ground = random_ground(_ground_height(subject, around.flying, light), light)
    sky = random_sky(light, ground.albedo)
    behind = background(subject, lens, size, around, ground, sky, place_)
    coverage = samples.coverage()
    scene: NDArray[np.float32] = samples.picture(_lit(subject, samples, sky, paint))
    scene += (1 - coverage)[..., None] * behind
    mask = coverage > 0.5
    hidden = _hide(scene, mask, behind, share, hiding)
    photo = _expose(scene, mask & ~hidden, camera.random() < grey, camera)
    image, visible = np.full((*frame.whole, 3), 128, np.uint8), np.zeros(frame.whole, bool)
    image[frame.window], visible[frame.window] = photo, mask & ~hidden
    return View(image, visible, frame.camera, float((mask & hidden).sum() / max(mask.sum(), 1)))


def _hide(
    scene: NDArray[np.float32],
    mask: NDArray[np.bool_],
    behind: NDArray[np.float32],
    share: float,
    rng: Generator,
) -> NDArray[np.bool_]:
    """Put something before a share of the subject's pixels, or cut them out; (h, w) where."""
    hidden = random_occluder(mask, share, rng)
    front = behind if rng.random() < 0.2 else occluder_color(mask.shape, rng)
    scene[hidden] = front[hidden]
    return hidden


def _expose(
    scene: NDArray[np.float32], subject: NDArray[np.bool_], grey: bool, rng: Generator
) -> NDArray[np.uint8]:
    """(h, w, 3) the photo of a picture in linear light, exposed for what is seen of the subject."""
    how = random_development(rng, grey)
    return read_jpeg(jpeg(develop(how.exposure(scene, subject) * scene, how, rng), how.quality))


def _ground_height(subject: Subject, flying: bool, rng: Generator) -> float:
    """y of the ground: under the tyres, under an undercarriage that the mesh may lack, or far below."""
    gear = rng.uniform(0.02, 0.09) if subject.kind == "airplane" else 0.0
    return float(subject.low[1]) - (rng.uniform(15, 60) if flying else gear)


def _camera_of_photo(frame: Frame) -> Camera:
    """The camera of the photo inside the view: its longer side may be shorter than the view's."""
    scale = max(frame.height, frame.width) / max(frame.whole)
    slope = np.tan(np.radians(frame.camera.fov) / 2) * scale
    shift = (frame.camera.shift[0] / scale, frame.camera.shift[1] / scale)
    return replace(frame.camera, fov=float(np.degrees(2 * np.arctan(slope))), shift=shift)


def _lit(subject: Subject, samples: Samples, sky: Sky, rng: Generator) -> NDArray[np.float32]:
    """(n, 3) linear RGB of the subject's samples."""
    finish = (airplane_finish if subject.kind == "airplane" else car_finish)(subject, samples, rng)
    normal, position = samples.hits.normal, samples.position
    sunlit = normal @ sky.sun > 0
    if sky.sunlight.max() > 0.1:
        sunlit[sunlit] = ~subject.scene.occluded(position[sunlit] + 2e-3 * normal[sunlit], sky.sun, 6e-3)
    light = subject.sky_light(position, normal)
    return light_surface(finish, normal, samples.direction, sky, sunlit, light)
