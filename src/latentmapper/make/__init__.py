"""Making packs: collections of shapes, the dataset, the models, their training and evaluation."""
