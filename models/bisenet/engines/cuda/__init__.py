"""Engines on a CUDA card: `CudaEngine`, the networks that it runs, and what it asks of the card."""
