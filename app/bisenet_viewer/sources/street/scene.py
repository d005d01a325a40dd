"""`Street`: an endless drive down a street, as a pure function of time, with the true class of each pixel."""

from __future__ import annotations

import cv2
import numpy as np

from bisenet_viewer.sources.street import cars, facades, furniture, people, trees
from bisenet_viewer.sources.street.canvas import Canvas, Pixels, Shade, Texture
from bisenet_viewer.sources.street.facades import House
from bisenet_viewer.sources.street.ground import PAVEMENT_M
from bisenet_viewer.sources.street.ids import Class
from bisenet_viewer.sources.street.layout import CAMERA_SPEED, Layout, Plot, Thing
from bisenet_viewer.sources.street.props import draw_props
from bisenet_viewer.sources.street.sky import Sky
from bisenet_viewer.sources.street.view import View

_REACH_M = 170.0
"""Nothing is painted beyond this distance: it would be a few pixels of haze."""
_NEAR_M = 2.2
_SHADOW_REACH_M = 60.0
_SMALL_REACH_M = 95.0


class Street:
    """The street of one seed at one picture size. Drawing its parts takes a second, once; see `props.drawing`."""

    def __init__(self, width: int, height: int, seed: int = 0) -> None:
        self._width, self._height = width, height
        # The lens and the sky have numbers of their own: the street is the same at every picture size.
        paint, lens = np.random.default_rng((seed, 0, 1)), np.random.default_rng((seed, 0, 2))
        view = View.driving(width, height, 0.0, 0.0)
        self._sky = Sky(paint, width, height, view.focal, view.horizon)
        self._props = draw_props(seed)
        self._scenery = self._props.scenery
        self._layout = Layout(seed, tuple(house.width_m for house in self._scenery.houses))
        self._lens = _vignette(width, height)
        self._mean = np.full((height, width, 3), 3, np.uint8)
        self._noise = lens.integers(0, 7, (height + 64, width + 64, 3), dtype=np.uint8)

    def render(self, time_s: float) -> tuple[Pixels, Pixels]:
        """The picture at a time: (height, width, 3) uint8 RGB and (height, width) uint8 CamVid class ids."""
        camera_m = CAMERA_SPEED * time_s
        view = View.driving(self._width, self._height, time_s, camera_m)
        canvas = Canvas(
            np.empty((self._height, self._width, 3), np.uint8), np.empty((self._height, self._width), np.uint8)
        )
        self._sky.paint(canvas, view)
        self._scenery.ground.paint(canvas, view)
        # Far things first. A plot is as far as its far end: what stands before it is painted after it.
        start, stop = camera_m + _NEAR_M, camera_m + _REACH_M
        jobs: list[tuple[float, Plot | Thing, int]] = [
            (plot.start_m + plot.length_m - camera_m, plot, side)
            for side in (-1, 1)
            for plot in self._layout.plots(side, start, stop)
        ]
        jobs += [(thing.along_m - camera_m, thing, 0) for thing in self._layout.things(time_s, camera_m, start, stop)]
        for distance, job, side in sorted(jobs, key=lambda job: -job[0]):
            if isinstance(job, Plot):
                self._paint_plot(canvas, view, job, side)
            else:
                self._paint_thing(canvas, view, job, distance)
        return self._expose(canvas.rgb, time_s), canvas.labels

    def _paint_plot(self, canvas: Canvas, view: View, plot: Plot, side: int) -> None:
        near, far = plot.start_m - view.along_m, plot.start_m + plot.length_m - view.along_m
        shade = Shade.at((max(near, _NEAR_M) + far) / 2, plot.light)
        edge = side * (PAVEMENT_M + 0.05)
        if plot.kind != "park":
            house = self._scenery.houses[plot.house]
            x, height = edge + side * plot.setback_m, house.height_m
            # The roof leans back by 45 degrees: from close under the eaves it cannot be seen.
            if height - view.eye_m < 0.85 * abs(x - view.side_m):
                self._roof(canvas, view, house, shade, (x, side), near, far)
            if near > 4:
                top = height + facades.GABLE_M
                back = x + side * facades.SIDE_M
                outline = view.project([(x, top, near), (back, top, near), (back, 0, near), (x, 0, near)])
                canvas.quad(house.side, outline, Shade(shade.light * 0.86, shade.haze), Class.BUILDING)
            self._wall(canvas, view, house.front, shade, x, near, far, height, Class.BUILDING, side)
        if plot.kind != "house" and near < _SMALL_REACH_M:
            if plot.fence != 1:
                hedge = edge + side * 0.5
                self._run(canvas, view, self._scenery.hedge, shade, hedge, near, far, 1.5, Class.TREE, side)
            self._run(canvas, view, self._scenery.fences[plot.fence], shade, edge, near, far, 1.3, Class.FENCE, side)

    def _run(
        self, canvas: Canvas, view: View, texture: Texture, shade: Shade,
        x: float, near: float, far: float, height: float, label: Class, side: int,
    ) -> None:  # fmt: skip
        """Repeat a 6 m texture along a stretch, far end first."""
        pieces = max(1, round((far - near) / 6))
        step = (far - near) / pieces
        for k in reversed(range(pieces)):
            self._wall(canvas, view, texture, shade, x, near + k * step, near + (k + 1) * step, height, label, side)

    def _wall(
        self, canvas: Canvas, view: View, texture: Texture, shade: Shade,
        x: float, near: float, far: float, height: float, label: Class, side: int,
    ) -> None:  # fmt: skip
        """Paint an upright rectangle that runs along the street."""
        if far <= _NEAR_M:
            return
        if near < _NEAR_M:
            texture = _cropped(texture, (_NEAR_M - near) / (far - near), side)
        # A little longer towards us: the next wall covers that, and no gap shows between them.
        start = max(near - 0.12, _NEAR_M)
        left, right = (start, far) if side < 0 else (far, start)
        outline = view.project([(x, height, left), (x, height, right), (x, 0, right), (x, 0, left)])
        if outline[0][0] < outline[1][0]:  # otherwise a bend of the street shows us its back
            canvas.quad(texture, outline, shade, label)

    def _roof(
        self, canvas: Canvas, view: View, house: House, shade: Shade, edge: tuple[float, int], near: float, far: float
    ) -> None:
        if far <= _NEAR_M + 1:
            return
        x, side = edge
        left, right = (max(near, _NEAR_M), far) if side < 0 else (far, max(near, _NEAR_M))
        ridge, top = x + side * facades.GABLE_M, house.height_m + facades.GABLE_M
        eaves = house.height_m
        outline = view.project([(ridge, top, left), (ridge, top, right), (x, eaves, right), (x, eaves, left)])
        canvas.quad(house.roof, outline, shade, Class.BUILDING)

    def _paint_thing(self, canvas: Canvas, view: View, thing: Thing, z: float) -> None:
        shade = Shade.at(z, 0.86 if thing.x < -5 else 1.0)
        if z > _SMALL_REACH_M and thing.kind != "tree" and thing.kind != "lamp":
            return
        scale = view.focal / z
        column, foot = view.column(thing.x, z), view.row(0.0, z)

        def stand(texture: Texture, width_m: float, height_m: float, label: Class, lift_m: float = 0.0) -> None:
            mirrored = thing.kind == "lamp" and thing.x > 0
            canvas.upright(
                texture,
                column,
                foot - lift_m * scale,
                width_m * scale,
                height_m * scale,
                shade,
                label,
                mirrored=mirrored,
            )

        match thing.kind:
            case "parked" | "driven":
                garage = self._props.cars[thing.ahead]
                self._shadow(canvas, view, thing.x - 0.35, z, 1.15, shade, 2.1)
                cars.paint_car(canvas, view, garage[thing.variant % len(garage)], thing.x, z, shade.light)
            case "tree":
                self._shadow(canvas, view, thing.x, z, 2.2 * thing.size, shade, 0.8)
                texture = self._scenery.trees[thing.variant % len(self._scenery.trees)]
                stand(texture, trees.WIDTH_M * thing.size, trees.HEIGHT_M * thing.size, Class.TREE)
            case "lamp":
                stand(self._props.lamp, furniture.LAMP_WIDTH_M, furniture.LAMP_HEIGHT_M, Class.POLE)
            case "sign":
                stand(self._props.post, furniture.POST_WIDTH_M, furniture.POST_HEIGHT_M, Class.POLE)
                sign = self._props.signs[thing.variant % len(self._props.signs)]
                stand(sign, furniture.SIGN_M, furniture.SIGN_M, Class.SIGN, furniture.POST_HEIGHT_M - 0.6)
            case "walker" | "rider":
                self._shadow(canvas, view, thing.x, z, 0.55, shade, 1.0)
                crowd = (self._props.walkers if thing.kind == "walker" else self._props.riders)[thing.ahead]
                phases = crowd[thing.variant % len(crowd)]
                figure = phases[int(thing.phase * people.PHASES) % people.PHASES]
                if thing.kind == "walker":
                    size = people.WALKER_WIDTH_M * thing.size, people.WALKER_HEIGHT_M * thing.size
                    stand(figure, *size, Class.PEDESTRIAN)
                else:
                    stand(figure, people.RIDER_WIDTH_M, people.RIDER_HEIGHT_M, Class.BICYCLIST)

    def _shadow(self, canvas: Canvas, view: View, x: float, z: float, half: float, shade: Shade, depth: float) -> None:
        if z - half * depth < 1.0 or z > _SHADOW_REACH_M:
            return
        middle, deep = x + 0.25 * half, half * depth
        left, right, near, far = middle - half, middle + half, z - deep, z + deep
        outline = view.project([(left, 0, far), (right, 0, far), (right, 0, near), (left, 0, near)])
        canvas.quad(self._props.shadow, outline, shade, None)

    def _expose(self, rgb: Pixels, time_s: float) -> Pixels:
        """What the camera adds: darker corners and grain, new in each frame."""
        step = round(time_s * 1000)
        y, x = (step * 7919) % 64, (step * 104729) % 64
        cv2.multiply(rgb, self._lens, dst=rgb, scale=1 / 255)
        noise = self._noise[y : y + self._height, x : x + self._width]
        return np.asarray(cv2.subtract(cv2.add(rgb, noise), self._mean), np.uint8)


def _cropped(texture: Texture, cut: float, side: int) -> Texture:
    """Without the share `cut` of it that lies behind us."""
    pixels = texture.reduced(1, 1)
    columns = min(int(cut * texture.width), texture.width - 1)
    return Texture(pixels[:, columns:] if side < 0 else pixels[:, : texture.width - columns])


def _vignette(width: int, height: int) -> Pixels:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    fall = 255 * (1 - 0.13 * (x * x * 0.7 + y * y * 0.5) ** 1.3)
    return np.ascontiguousarray(np.repeat(fall[:, :, None], 3, axis=2).astype(np.uint8))
