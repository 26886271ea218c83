"""Where shapes come from: folders of meshes, ShapeNetV2 trees, parametric vehicles."""
