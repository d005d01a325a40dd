"""From a model's name to its file: bundled, published and fetched before, or fetched now."""

from __future__ import annotations

import difflib
from pathlib import Path

from bisenet.download import cache_dir, pulled
from bisenet.errors import CheckpointError
from bisenet.exported import is_exported
from bisenet.fetch import alone
from bisenet.registry import Published, load_registry
from bisenet.resources import assets_dir


def bundled_models() -> dict[str, Path]:
    """Name -> file of the models that come with the project."""
    return {file.stem: file for file in sorted((assets_dir() / "weights").glob("*.safetensors"))}


def find_model(name_or_path: str) -> Path:
    """The file of a model: a path, a bundled model's name, or a published one's, which is fetched when it is not here.

    Raises CheckpointError for an unknown name with the nearest known one, and when fetching fails.
    """
    path = Path(name_or_path)
    if path.suffix == ".safetensors":
        if not path.is_file():
            raise CheckpointError(f"no model file {path}")
        return path
    bundled = bundled_models()
    if name_or_path in bundled:
        return bundled[name_or_path]
    published = load_registry()
    if name_or_path in published:
        return pull(published[name_or_path])
    if is_exported(path) and path.is_file():
        raise CheckpointError(
            f"{path} is an exported model: it can be run and evaluated, but not trained or exported again; "
            "take the .safetensors model that it was made of"
        )
    if path.exists():
        raise CheckpointError(
            f"{path} is not a .safetensors file: make one of a published .pth with `bisenet convert {path} -o OUT`"
        )
    near = difflib.get_close_matches(name_or_path, [*bundled, *published], 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise CheckpointError(
        f"unknown model {name_or_path!r}{hint} (give a .safetensors file, one of {', '.join(bundled)}, "
        "or a published one: `bisenet models` lists them)"
    )


def pulled_file(entry: Published) -> Path:
    """Where a published model is kept once it was fetched and converted."""
    return cache_dir() / f"{entry.name}.safetensors"


def pull(entry: Published, file: Path | None = None, *, offline: bool | None = None) -> Path:
    """The converted file of a published model; fetched and converted unless that was done before.

    file: the original, fetched by hand; it takes the place of what is there. offline: as in `download.pulled`. The
    original in the cache is not kept. Raises CheckpointError.
    """
    target = pulled_file(entry)
    if target.is_file() and file is None:
        return target
    # Converting needs torch. Those who only look for a file that is here are spared the second that importing it takes.
    from bisenet.convert import convert

    target.parent.mkdir(parents=True, exist_ok=True)
    with alone(target):
        if file is not None or not target.is_file():  # another process may have been here before
            original = pulled(entry, file=file, offline=offline)
            try:
                convert(original, target, published=entry, name=entry.name)
            except CheckpointError:
                # It would stand in the way of the right one.
                original.unlink(missing_ok=True)
                raise
            original.unlink(missing_ok=True)
    return target
