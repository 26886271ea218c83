"""One photograph of a car or an airplane becomes a clean, watertight 3D mesh."""
