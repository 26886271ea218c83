"""Whose errors chose the pictures that a panel shows."""

from latentmapper.make.evaluation.cases import CHOOSER, borrowed
from latentmapper.make.report.panels import Panel

UNKNOWN = "another evaluation's pack"
"""Of results that do not tell."""


def chooser(panel: Panel) -> str:
    """The pack whose errors chose the cases of the first run, by the name that it has on the page.

    That is the first pack itself, another of the panel that has chosen the same, or one that is not there.
    """
    first, labels = panel.first, [entry.label for entry in panel.entries]
    if not borrowed(first.report):
        return labels[0]
    for entry in panel.entries:
        if entry.ours and not borrowed(entry.run.report) and set(first.cases) <= set(entry.run.cases):
            return entry.label
    name = first.report.get(CHOOSER, {"id": UNKNOWN})["id"]
    return f"{name} in another evaluation" if name in labels else name
