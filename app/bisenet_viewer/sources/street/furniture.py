"""Lamp posts and signs."""

from __future__ import annotations

import cv2
import numpy as np

from bisenet_viewer.sources.street.canvas import Pixels, Texture

LAMP_WIDTH_M, LAMP_HEIGHT_M = 2.6, 7.6
SIGN_M = 0.75
POST_WIDTH_M, POST_HEIGHT_M = 0.12, 2.6
_PX_PER_M = 40
_SCALE = 4


def _reduce(image: Pixels) -> Texture:
    size = image.shape[1] // _SCALE, image.shape[0] // _SCALE
    return Texture(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))


def draw_lamp() -> Texture:
    """A steel post whose arm reaches to the right; the post stands in the middle of the picture."""
    scale = _PX_PER_M * _SCALE
    width, height = round(LAMP_WIDTH_M * scale), round(LAMP_HEIGHT_M * scale)
    image = np.zeros((height, width, 4), np.uint8)
    x = width // 2
    for share, tone in ((1.0, 84), (0.6, 118), (0.25, 148)):
        foot, top = 0.085 * scale * share, 0.05 * scale * share
        shaft = np.array([[x - foot, height], [x + foot * 0.6, height], [x + top * 0.6, 40], [x - top, 40]], np.int32)
        cv2.fillConvexPoly(image, shaft, (tone, tone + 2, tone + 2, 255))
    cv2.rectangle(image, (x - 18, height - int(0.9 * scale)), (x + 17, height), (92, 95, 96, 255), -1)
    arm = np.array([[x, 60], [x + int(0.35 * scale), 26], [x + int(0.95 * scale), 20]], np.int32)
    cv2.polylines(image, [arm], False, (104, 107, 108, 255), 9)
    head = np.array([[0.72, 0.05], [1.18, 0.09], [1.2, 0.17], [0.74, 0.2]]) * scale + (x, 0)
    cv2.fillConvexPoly(image, head.astype(np.int32), (122, 124, 124, 255))
    glass = np.array([[0.76, 0.17], [1.16, 0.155], [1.14, 0.2], [0.8, 0.22]]) * scale + (x, 0)
    cv2.fillConvexPoly(image, glass.astype(np.int32), (226, 222, 204, 255))
    return _reduce(image)


def draw_post() -> Texture:
    """The grey post a sign is fixed to."""
    image = np.zeros((round(POST_HEIGHT_M * _PX_PER_M), 6, 4), np.uint8)
    image[:, :] = np.array([[110, 112, 112, 255]] * 2 + [[150, 152, 152, 255]] * 2 + [[96, 98, 98, 255]] * 2, np.uint8)
    return Texture(image)


def draw_signs() -> tuple[Texture, ...]:
    """Speed limit, warning triangle, blue arrow, crossing square."""
    size = round(SIGN_M * _PX_PER_M * _SCALE * 2)
    middle, radius = size // 2, size // 2 - 4
    white, red, blue, black = (238, 238, 236, 255), (190, 32, 38, 255), (30, 78, 158, 255), (30, 30, 32, 255)

    limit = np.zeros((size, size, 4), np.uint8)
    cv2.circle(limit, (middle, middle), radius, red, -1)
    cv2.circle(limit, (middle, middle), int(radius * 0.76), white, -1)
    cv2.putText(limit, "30", (int(size * 0.20), int(size * 0.63)), cv2.FONT_HERSHEY_DUPLEX, size / 68, black, 9)

    warning = np.zeros((size, size, 4), np.uint8)
    for inset, colour in ((0, red), (0.16, white)):
        corners = np.array(
            [[0.5, 0.04 + inset * 1.25], [0.97 - inset, 0.9 - inset * 0.6], [0.03 + inset, 0.9 - inset * 0.6]]
        )
        cv2.fillConvexPoly(warning, (corners * size).astype(np.int32), colour)
    cv2.rectangle(warning, (middle - 8, int(0.42 * size)), (middle + 8, int(0.64 * size)), black, -1)
    cv2.circle(warning, (middle, int(0.72 * size)), 10, black, -1)

    keep = np.zeros((size, size, 4), np.uint8)
    cv2.circle(keep, (middle, middle), radius, white, -1)
    cv2.circle(keep, (middle, middle), int(radius * 0.93), blue, -1)
    cv2.arrowedLine(
        keep, (int(0.7 * size), int(0.3 * size)), (int(0.3 * size), int(0.7 * size)), white, 18, tipLength=0.4
    )

    crossing = np.zeros((size, size, 4), np.uint8)
    cv2.rectangle(crossing, (4, 4), (size - 5, size - 5), blue, -1)
    corners = np.array([[0.5, 0.14], [0.86, 0.84], [0.14, 0.84]]) * size
    cv2.fillConvexPoly(crossing, corners.astype(np.int32), white)
    cv2.circle(crossing, (middle, int(0.40 * size)), 11, black, -1)
    cv2.line(crossing, (middle, int(0.46 * size)), (middle - 8, int(0.62 * size)), black, 14)
    cv2.line(crossing, (middle - 8, int(0.62 * size)), (int(0.38 * size), int(0.78 * size)), black, 10)
    cv2.line(crossing, (middle - 8, int(0.62 * size)), (int(0.58 * size), int(0.78 * size)), black, 10)
    return tuple(_reduce(image) for image in (limit, warning, keep, crossing))
