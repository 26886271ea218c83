"""`python -m latentmapper.cli`, for what starts modules, such as `torchrun -m`."""

from latentmapper.cli import main

main()
