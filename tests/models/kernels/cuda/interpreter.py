"""Runs makers in Triton's interpreter, which is chosen before Triton is imported: in a process of its own.

Reads pickled (class, options, name of the method, its arguments) from its standard input; answers with the arguments as
they are then.
"""

from __future__ import annotations

import os
import pickle
import sys

import torch

if __name__ == "__main__":
    assert os.environ["TRITON_INTERPRET"] == "1"
    torch.set_num_threads(1)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            maker, options, method, arguments = pickle.load(sys.stdin.buffer)
        except EOFError:
            break
        getattr(maker(**options, device=torch.device("cpu"), kernels="triton"), method)(*arguments)
        pickle.dump(arguments, answers)
        answers.flush()
