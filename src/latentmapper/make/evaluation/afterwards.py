"""What follows the measuring: pictures and meshes that the report shows, and times."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from latentmapper.files import sha256_of_json, write_json
from latentmapper.make.dataset.store import Record, Store
from latentmapper.make.evaluation.cases import Case
from latentmapper.make.evaluation.evaluate import Evaluator
from latentmapper.make.evaluation.protocol import EvaluationPicture
from latentmapper.make.evaluation.session import Session
from latentmapper.make.evaluation.shown import Shown, key_of, write_shown
from latentmapper.make.evaluation.surface import Origin, Surface
from latentmapper.make.evaluation.timing import machine, method_times, pack_times
from latentmapper.shapes.mesh import Mesh

TIMES = "times.json"
Load = Callable[[], Evaluator]


def keep_cases(session: Session, records: Sequence[Record], cases: list[Case], load: Load) -> list[Case]:
    """Render and reconstruct once more what the report shows, and keep it; what is kept already stays."""
    known = {(record.id, record.origin): record for record in records}
    for case in cases:
        record, path = known[case.shape, case.origin], session.out / case.file
        key = sha256_of_json([session.key, record.sha256, asdict(case)])
        if key_of(path) != key:
            write_shown(path, show(session, load(), record, case), key)
    return cases


def show(session: Session, evaluator: Evaluator, record: Record, case: Case) -> Shown:
    """What every method makes of one picture. Raises `MeshError` where the true mesh is of no use."""
    shape = Store(session.store, {}, []).load(record)
    picture = _picture(session, case)
    pixels = evaluator.render(shape, picture)
    described = evaluator.describe(pixels)
    answers: dict[str, Mesh] = {}
    errors: dict[str, str] = {}
    origins: dict[str, Origin] = {}
    for method in evaluator.methods:
        try:
            surface = method.surface(method.answer(record.id, described))
        except Exception as error:  # counted among the samples; here it is only told
            errors[method.name] = f"{type(error).__name__}: {error}"
            continue
        if surface.mesh is not None:
            answers[method.name] = surface.mesh
        if surface.origin is not None:
            origins[method.name] = surface.origin
    truth = Surface.of(shape, session.rules, session.rules.seed, record.closed).mesh
    assert truth is not None
    about = (picture.azimuth, picture.elevation, record.license, record.source)
    return Shown(case, pixels, *about, truth, answers, errors, origins)


def _picture(session: Session, case: Case) -> EvaluationPicture:
    pictures = session.rules.pictures(case.shape, session.conditions[:1])
    return next(picture for picture in pictures if picture.view == case.view)


def times(session: Session, records: Sequence[Record], count: int, load: Load) -> dict[str, Any]:
    """Times on the first picture of so many shapes; those that an earlier run took stay."""
    chosen = records[:count]
    name = {"key": session.key, "shapes": [record.id for record in chosen], "machine": machine()}
    path = session.out / TIMES
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if {part: kept[part] for part in name} == name:
            return kept["times"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    evaluator, store = load(), Store.open(session.store)
    pictures = []
    for record in chosen:
        wanted = next(session.rules.pictures(record.id, session.conditions[:1]))
        pictures.append((record.id, evaluator.render(store.load(record), wanted)))
    found = {
        "machine": name["machine"],
        "threads": session.threads,
        "condition": session.conditions[0],
        "resolution": session.rules.resolution,
        "methods": [asdict(each) for each in method_times(evaluator, pictures)],
        "pack": pack_times(
            session.sources, [pixels for _, pixels in pictures], session.rules.resolution, session.threads
        ),
    }
    write_json(path, {**name, "times": found})
    return found
