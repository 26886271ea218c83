"""Ray-cast pictures of meshes: cameras, shading, previews."""
