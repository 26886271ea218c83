"""How long methods take, as the evaluations measured it."""

from typing import Any

from latentmapper.make.report.blocks import Block, Table
from latentmapper.make.report.panels import Panel
from latentmapper.make.report.runs import Run


def runtimes(panel: Panel) -> list[Block]:
    """Every method from picture to mesh, the packs stage by stage and as processes of their own.

    Nothing where nothing was timed.
    """
    timed = [run for run in panel.runs if "times" in run.report]
    return [table for run in timed for table in (_methods(panel, run), _pack(run))]


def _methods(panel: Panel, run: Run) -> Table:
    times = run.report["times"]
    labels = {entry.method: entry.label for entry in panel.entries if entry.run is run}
    rows = [_line(labels.get(each["method"]) or each["method"], each) for each in times["methods"]]
    machine = times["machine"]
    caption = (
        "Seconds from a picture in memory to a mesh, medians, one method after the other in one process; "
        f"{times['condition']} pictures, meshes at {times['resolution']}^3, {times['threads']} threads of "
        f"ONNX Runtime; {machine['processor']}, {machine['cores']} cores, {machine['system']}. Processor "
        "seconds add up all cores."
    )
    titles = [
        "method",
        "picture to mesh",
        "95th",
        "to the code",
        "to the mesh",
        "processor",
        "pictures",
        "failed",
    ]
    return Table(titles, rows, caption)


def _line(label: str, times: dict[str, Any]) -> list[str]:
    mesh = "finds it" if times["mesh"] is None else f"{times['mesh']['wall']:.3f}"
    numbers = [
        f"{times['total']['wall']:.3f}",
        f"{times['late']:.3f}",
        f"{times['answer']['wall']:.3f}",
        mesh,
    ]
    counts = [str(times["pictures"]), str(times["failed"])]
    return [label, *numbers, f"{times['total']['processor']:.3f}", *counts]


def _pack(run: Run) -> Table:
    times = run.report["times"]["pack"]
    rows = [[f"stage: {name}", f"{seconds:.3f}", ""] for name, seconds in times["stages"].items()]
    whole = {"file to mesh, warm": times["warm"], "a process of its own, start to end": times["cold"]}
    rows += [[name, f"{each['wall']:.3f}", f"{each['processor']:.3f}"] for name, each in whole.items()]
    way = f"as latentmapper reconstruct does it at {times['resolution']}^3"
    caption = f"{run.pack} from the bytes of a file, {way}."
    return Table(["what", "seconds", "processor"], rows, caption)
