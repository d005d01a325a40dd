"""What the strip, the statistics and the advice say."""

from __future__ import annotations

MODEL = "Model"
INPUT = "Input"
MODEL_TIP = "{story}\n\nClick for another model, engine or size  (M)"
MODEL_TIP_PLAIN = "Another model, engine or size  (M)"
FPS = "{rate} FPS"

FIGURES = {
    "Capture": "Frames per second that come from the source",
    "Inference": "Frames per second that the model segments",
    "Display": "Segmented frames per second that are painted",
    "Latency": "From the capture of a frame to its painting, with everything in between; the median of the last frames",
    "Dropped": (
        "Frames left out, by cause. Inference busy: a newer frame came before the model was free. "
        "Display busy: a newer result came before the last was painted. Damaged: it could not be decoded."
    ),
}

STATISTICS = "Times and load"
STATISTICS_CLOSE = "Close the statistics"
STATISTICS_CLOSE_TIP = "Close  (I)"
MEDIAN = "p50"
HIGH = "p95"
PER_FRAME = "ms per frame, last 10 s"
SCALE = "{ms:g} ms"
STAGES = {"decode": "Decode", "pre": "Prepare", "network": "Network", "post": "Labels", "display": "Display"}
STAGE_TIPS = {
    "decode": "Capturing or decoding a frame and making RGB of it; beside the network, on a thread of its own",
    "pre": "Resizing the frame to the network's input",
    "network": "The network alone",
    "post": "Enlarging what the network says to the frame's size, and the class of each pixel",
    "display": "Making a picture of the frame and its labels, and painting it; on the window's thread",
}
AGE = "End to end"
AGE_TIP = "From the capture of a frame to its painting, with everything that waits in between"
FRAMES = "FPS in, model, shown"
FRAMES_TIP = "Frames per second that come from the source, that the model segments, and that are painted"
DROPPED = "Left out"
STREAM = "Stream"
MODE_TIP = "Size and rate; of a camera or a stream, what was agreed on with it"
OWN_CPU = "This program"
ALL_CPU = "All programs"
CPU_TIP = "Part of all the processor's cores that is busy"
MEMORY = "Memory"
MEMORY_TIP = "That this program holds in RAM"
POWER = "Processor power"
POWER_TIP = "Of the whole processor, by its own counter"
GPU = "GPU"
READING = "reading…"

ALL_WELL = "All is well: {shown:.0f} of {wanted:.0f} frames per second."
ALL_WELL_UNTOLD = "All is well: {shown:.0f} frames per second, none left out."
NOT_PLAYING = "Paused: the figures are of the last seconds that played."
NO_FRAMES = "Waiting for frames."
NO_CUDA = "The network runs on the processor although a card is here ({card}): torch's CUDA build would use it."
OTHER_PROGRAM = "Another program uses {part} of the processor: there is less left for this one."
CAMERA_CODEC = "The camera gives {rate:.0f} frames per second at {size}: in {codec} it can give {best:.0f}."
CAMERA_LIGHT = "The camera gives {rate:.0f} of {best:.0f} frames per second: in more light it exposes faster."
NETWORK_SLOW = "The network takes {ms:.0f} of {whole:.0f} ms: {help} would help."
DECODE_SLOW = "Decoding {size} takes {ms:.0f} of {whole:.0f} ms: {help}."
DRAWING_SLOW = "Drawing the demo street takes {ms:.0f} of {whole:.0f} ms: recordings are decoded faster."
DECODE_HARDWARE_OFF = "it is decoded by the processor, hardware decoding is off"
DECODE_SMALLER = "a smaller or less compressed recording would help"
PREPARE_SLOW = "Resizing and enlarging {size} takes {ms:.0f} of {whole:.0f} ms: smaller pictures would help."
DISPLAY_SLOW = "The window draws slowly, {ms:.0f} ms a frame: a smaller window would help."
DISPLAY_DROPS = "The window paints {shown:.0f} of {made:.0f} segmented frames: a smaller window would help."
SOURCE_SLOW = "The source gives {rate:.0f} of {wanted:.0f} frames per second; the network could do more."
HELP_SIZE = "a smaller input size"
HELP_INT8 = "an int8 model"
HELP_GPU = "a GPU"
ACTIONS = {"MODEL": "Change…  (M)", "DOCTOR": "What works here…  (F2)"}
ACTION_TIPS = {"MODEL": "Another model, engine or size  (M)", "DOCTOR": "What works on this machine  (F2)"}
