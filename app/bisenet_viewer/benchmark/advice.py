"""One sentence: which stage is the slowest, and what would help."""

from __future__ import annotations

from bisenet_viewer.benchmark.results import Measurement, Report

_BY_PICTURE = "it grows with the picture, not with the network's input: smaller pictures would help"
_HELP = {
    "pre": _BY_PICTURE,
    "post": _BY_PICTURE,
    "overlay": _BY_PICTURE,
    "decode": "a smaller or less compressed recording would help",
    "encode": "only `segment` to a video does it; --masks alone spares it",
}


def advice(report: Report) -> str | None:
    """Of the fastest whole frame at the first size; None when only networks were measured."""
    whole = [each for each in report.measurements if each.chain == "engine" and each.frame is not None]
    if not whole:
        return None
    best = min((each for each in whole if each.sizes == whole[0].sizes), key=_frame_ms)
    spent = {stage: summary.median for stage, summary in best.stages.items()}
    video = report.video(best.sizes.picture)
    if video is not None:
        spent |= {"decode": video.decode.median, "encode": video.encode.median}
    stage = max(spent, key=lambda name: spent[name])
    share = f"{spent[stage]:.1f} ms beside {_frame_ms(best):.1f} from picture to overlay"
    if stage in best.stages:
        share = f"{spent[stage]:.1f} of {_frame_ms(best):.1f} ms"
    return (
        f"Slowest stage ({best.model}, {best.runs_on}, {best.sizes}): {stage}, {share}; "
        f"{_network_help(best) if stage == 'network' else _HELP[stage]}."
    )


def _frame_ms(measurement: Measurement) -> float:
    assert measurement.frame is not None
    return measurement.frame.median


def _network_help(best: Measurement) -> str:
    if best.device != "cpu":
        return "a smaller network input would help (--imgsz, or --size WxH@WxH here)"
    if best.engine == "torch" and not best.notes:  # `auto` notes that it has tried the others
        return "other engines may run it faster (--engine auto tries them), and so does a GPU"
    if best.precision != "int8":
        return "int8 (`bisenet export`), a smaller network input or a GPU would help"
    return "a smaller network input or a GPU would help"
