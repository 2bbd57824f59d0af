"""Faces that straighten themselves: warps, spatial transformers, their training and measures.

Coordinates are those of the picture's frame: x to the right, y downwards, both from -1 to 1
between the picture's edges (not between the centres of its outermost pixels). A warp maps a
place of the *output* to the place of the *input* that is shown there.
"""
