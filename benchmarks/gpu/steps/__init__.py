"""The steps of the benchmark, one file each: `run(context)`."""
