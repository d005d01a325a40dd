"""What is said about saved pictures, recordings, masks and flagged frames."""

from __future__ import annotations

SHOW_IN_FOLDER = "Show in folder"
UNDO = "Undo"
DISMISS = "Dismiss"
CANCEL = "Cancel"
CANCEL_EXPORT = "Cancel  (Ctrl+E); the masks until now stay"
EXPORTING = "Exporting masks"
COPIED = "Copied the picture"
NOTHING_TO_SAVE = "There is no picture to save yet"
NOTHING_TO_COPY = "There is no picture to copy yet"
NOTHING_TO_FLAG = "There is no frame to flag yet"
NOTHING_RECORDED = "Nothing was recorded: no picture came"
NO_SPAN = "Mark the span to export first: L where it begins, L where it ends"
NO_FILE = "Masks are exported from a file: open one, and mark a span with L"
ONE_FILE = "Masks are exported from one file at a time: open the file itself, not the folder or list"
ALREADY_EXPORTING = "The masks of a span are being exported already"
EXPORT_CANCELLED = "The export was cancelled before the first mask"
ALREADY_FLAGGED = "This frame is flagged already"


def saved(name: str) -> str:
    """A picture or a recording is on disk."""
    return f"Saved {name}"


def recorded(name: str, dropped: int) -> str:
    """A recording is on disk."""
    if not dropped:
        return saved(name)
    return f"Saved {name}; {dropped} {_frames(dropped)} left out, the encoder was too slow"


def exporting(done: int, expected: int | None) -> str:
    """How far an export of masks is; before its first mask a model is loaded."""
    if done == 0:
        return f"{EXPORTING}: loading the model"
    return f"{EXPORTING}: {done}" if expected is None else f"{EXPORTING}: {done} of {max(done, expected)}"


def exported(count: int, folder: str) -> str:
    """The masks of a span are on disk."""
    return f"Saved {_masks(count)} in {folder}"


def export_cancelled(count: int, folder: str) -> str:
    """The masks until the export was cancelled are on disk."""
    return f"Cancelled; {_masks(count)} {'is' if count == 1 else 'are'} in {folder}"


def export_failed(reason: str) -> str:
    """Why there are no masks, or not all."""
    return f"The masks could not be exported: {reason}"


def flagged(count: int, folder: str) -> str:
    """A frame is in the data set."""
    return f"Flagged; {count} {_frames(count)} in {folder}"


def unflagged(name: str) -> str:
    """A frame was taken out of the data set again."""
    return f"{name} is not flagged any more"


def not_saved(reason: str) -> str:
    """Why a picture is not on disk."""
    return f"The picture was not saved: {reason}"


def not_recorded(reason: str) -> str:
    """Why a recording ended."""
    return f"The recording ended: {reason}"


def not_flagged(reason: str) -> str:
    """Why a frame is not in the data set."""
    return f"The frame was not flagged: {reason}"


def too_many_waiting(count: int) -> str:
    """Why no more is taken on."""
    return f"{count} others still wait for the disk"


def other_classes(folder: str) -> str:
    """Why a frame does not fit into a data set."""
    return f"{folder} holds frames of a model with other classes; choose another folder"


def _frames(count: int) -> str:
    return "frame" if count == 1 else "frames"


def _masks(count: int) -> str:
    return f"{count} {'mask' if count == 1 else 'masks'}"
