"""`python -m bisenet_viewer`."""

from bisenet_viewer.cli import run_process

run_process()
