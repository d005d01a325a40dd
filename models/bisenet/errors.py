"""What can go wrong outside the library.

BisenetError
├── ConfigError       a recipe, class list or option is wrong
├── DataError         a data set is missing or damaged
├── CheckpointError   weights are missing, damaged or do not fit the network
└── EngineError       a device or back end is not there, or failed
"""


class BisenetError(Exception):
    """A fault that a person can do something about; its text is one clear line."""


class ConfigError(BisenetError):
    """A recipe, class list or option is wrong."""


class DataError(BisenetError):
    """A data set is missing or damaged."""


class CheckpointError(BisenetError):
    """Weights are missing, damaged, or do not fit the network."""


class EngineError(BisenetError):
    """A device or back end is missing, or failed while running."""
