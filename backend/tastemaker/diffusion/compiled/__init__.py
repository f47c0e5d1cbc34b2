"""Faster twins of a U-Net: compiled for this machine in the background, used when they are ready.

`switch` is what the engine calls in place of the U-Net, `warm_up` makes twins in the background,
`openvino_unet` (CPU) and `cuda_graphs` (CUDA) are the twins. Knows no jobs, no settings, no server.
"""
