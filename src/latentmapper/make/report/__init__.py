"""Results of evaluations as one page to look at, and the same as Markdown."""
