"""What can go wrong outside the program, and the exit code each fault ends the command line with.

    AppError
    ├── SourceError     4   the input cannot be opened, or broke off
    ├── DisplayError    6   there is no screen for the window
    ├── SinkError       7   the output cannot be written
    └── UsageError      2   options that do not fit together

The library's own errors (`bisenet.errors`) are mapped to exit codes in `bisenet_viewer.cli`.
"""


class AppError(Exception):
    """A fault that a person can do something about; its text is one clear line."""

    exit_code = 1


class UsageError(AppError):
    """Options that make no sense together."""

    exit_code = 2


class SourceError(AppError):
    """The input is missing, unreadable, not a video, or went away."""

    exit_code = 4


class DisplayError(AppError):
    """There is no screen for the window, or Qt cannot draw on it."""

    exit_code = 6


class SinkError(AppError):
    """The output cannot be written: permission, full disk, existing file, unsupported format."""

    exit_code = 7
