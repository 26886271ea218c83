"""Changing shapes: sliders, target values, words, in-betweens and mixtures.

>>> from latentmapper.editing import Editor
>>> editor = Editor("src/latentmapper/packs/car")
>>> made = latentmapper.reconstruct("car.jpg")
>>> taller = editor.move(made.code, {"height": 1.0})            # standard deviations of the known shapes
>>> exact = editor.set(made.code, {"height": 1.45}, length=4.2)  # metres, measured on the decoded mesh
>>> editor.mesh(exact.code, resolution=128), exact.warnings
>>> frames = editor.interpolate([made.code, taller.code], 60)    # equal steps of the surface
>>> half = editor.mesh(editor.mix(made.code, taller.code, at=0.5, softness=0.2))

Words become moves of sliders by a vocabulary (`editing.requests.in_words`) or by a contrastive pair
(`editing.steering.steer`); `editing.requests.fulfil` does all that a command asks for at once.

`Editor.sliders` tells what a pack's shapes can be moved along: each `Slider` has a name, a label in words,
the unit of what is measured, its range in standard deviations (`low`, `high`), and how well it works. A pack
without them raises `MissingError`, whose message names the command that makes them.
"""

from latentmapper.editing.editor import Edited, Editor
from latentmapper.editing.mixing import MixedField
from latentmapper.editing.sliders import STEPS, Directions, Slider

__all__ = ["STEPS", "Directions", "Edited", "Editor", "MixedField", "Slider"]
