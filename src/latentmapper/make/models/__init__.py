"""The trainable models: generative shape models and the mappers onto their codes."""
