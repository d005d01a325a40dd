"""The project's data files, in an installed wheel or in a checkout, and YAML files like them of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bisenet.errors import ConfigError

_PACKAGE = Path(__file__).resolve().parent


def assets_dir() -> Path:
    """The folder that holds `classes/`, `recipes/` and `weights/`.

    A wheel carries it as `bisenet/assets`; an editable install finds the checkout's `assets/`.
    """
    installed = _PACKAGE / "assets"
    return installed if installed.is_dir() else _PACKAGE.parent.parent / "assets"


def read_yaml(folder: str, name_or_path: str, what: str) -> tuple[Any, Path]:
    """The content and the path of a YAML file: `assets/FOLDER/NAME.yaml`, or a path that ends in `.yaml` or `.yml`.

    Raises ConfigError, in which `what` names the kind of file: when there is none, with the names there are.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yaml", ".yml"):
        path = assets_dir() / folder / f"{name_or_path}.yaml"
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8")), path
    except FileNotFoundError as error:
        known = ", ".join(sorted(file.stem for file in (assets_dir() / folder).glob("*.yaml")))
        raise ConfigError(f"no {what} {name_or_path!r}: give a YAML file, or one of {known}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"cannot read {what} {path}: {' '.join(str(error).split())}") from error
