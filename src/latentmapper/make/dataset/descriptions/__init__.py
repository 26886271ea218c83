"""What shapes are, in words: attributes, checked against the mesh, and sentences made of them."""
