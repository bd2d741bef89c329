"""Scenes → the bytes of a GIF, or of an MP4 by the program ffmpeg. The one file that imports Pillow.

Pillow comes with matplotlib, which draws each picture. All pictures of a GIF share one table of colours, so that what
stands still does not flicker.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import MissingExtra
from chainrule.views.plot import library, missing, pixels
from chainrule.views.scene import Scene

REST = 1.0
"""Seconds that the last picture stands longer."""

SAMPLED = 4
"""Pictures that the table of colours is made from."""


def ready(form: str) -> None:
    """Nothing, or the error that a film of this form cannot be made here."""
    library("a film", "or draw a figure and save it as .svg, which needs nothing")
    if form == ".gif":
        pillow()
    else:
        ffmpeg()


def pillow() -> Any:
    """The part of Pillow that makes images, or MissingExtra E464."""
    try:
        from PIL import Image
    except ImportError as fault:
        raise missing("a GIF", fault, "or save the film as .mp4") from None
    return Image


def ffmpeg() -> str:
    """Where the program ffmpeg is, or MissingExtra E467."""
    program = shutil.which("ffmpeg")
    if program is None:
        raise MissingExtra(
            "E467", "an MP4 needs the program ffmpeg, which is not on the path", "install ffmpeg, or save as .gif"
        )
    return program


def gif(scenes: Sequence[Scene], seconds: float) -> bytes:
    """The film as a GIF that begins again by itself."""
    table = palette([scenes[len(scenes) * k // SAMPLED] for k in range(SAMPLED)] + [scenes[-1]])
    frames = [image(scene).quantize(palette=table, dither=pillow().Dither.NONE) for scene in scenes]
    times = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * (seconds + REST))]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


CELLS = (".gif", ".webp", ".mp4")
"""The endings of films whose pictures are made of cells."""


def cells(frames: Iterable[NDArray[np.uint8]], seconds: float, form: str) -> bytes:
    """Pictures of few colours, (row from above, column, red green blue), as a film of one of the forms. No colour is
    changed but in an MP4."""
    if form == ".mp4":
        listed = iter(frames)
        first = next(listed)
        data = (one.tobytes() for one in chain([first], listed))
        return piped(first.shape[1], first.shape[0], "rgb24", seconds, data)
    module = pillow()
    kept = list(frames)
    images = [module.fromarray(one) for one in kept]
    out = io.BytesIO()
    times = [max(20, round(1000 * seconds))] * (len(images) - 1) + [round(1000 * (seconds + REST))]
    if form == ".webp":
        images[0].save(out, "WEBP", save_all=True, append_images=images[1:], duration=times, loop=0, lossless=True)
        return out.getvalue()
    packed = [one.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32) for one in kept]
    colours = np.unique(np.concatenate([np.unique(one) for one in packed]))
    images = [module.fromarray(np.searchsorted(colours, one).astype(np.uint8)) for one in packed]
    for one in images:
        one.putpalette([part for colour in colours.tolist() for part in colour.to_bytes(3, "big")])
    images[0].save(out, "GIF", save_all=True, append_images=images[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


def ready_for_cells(form: str) -> None:
    """Nothing, or the error that a film of cells cannot be made here."""
    _ = ffmpeg() if form == ".mp4" else pillow()


def image(scene: Scene) -> Any:
    """A scene as an image of Pillow."""
    wide, high, data = pixels(scene)
    return pillow().frombytes("RGBA", (wide, high), data).convert("RGB")


def palette(scenes: Sequence[Scene]) -> Any:
    """An image with the colours that some scenes have most of: grounds and lines are among them exactly.

    Of colours that look alike only the commonest is taken, since Pillow may mistake them for each other.
    """
    counts: Counter[tuple[int, int, int]] = Counter()
    for scene in scenes:
        one = image(scene)
        counts.update({colour: count for count, colour in one.getcolors(one.width * one.height)})
    chosen: dict[tuple[int, ...], tuple[int, int, int]] = {}
    for colour, _ in counts.most_common():
        chosen.setdefault(tuple(part >> 3 for part in colour), colour)
    table = pillow().new("P", (1, 1))
    table.putpalette([part for colour in list(chosen.values())[:256] for part in colour])
    return table


def mp4(scenes: Sequence[Scene], seconds: float) -> bytes:
    """The film as an MP4.

    Errors: MissingExtra E467 where there is no ffmpeg, or none that makes a film.
    """
    wide, high, _ = pixels(scenes[0])
    return piped(wide, high, "rgba", seconds, pictures(scenes, seconds))


def piped(wide: int, high: int, kind: str, seconds: float, data: Iterable[bytes]) -> bytes:
    """Pictures of so many pixels, their bytes as ``kind`` has them, as an MP4. Errors: those of `mp4`."""
    program = ffmpeg()
    with TemporaryDirectory() as room:
        made = Path(room) / "film.mp4"
        command = [
            program, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", kind, "-s", f"{wide}x{high}",
            "-r", f"{1 / seconds:.6g}", "-i", "-", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
            "-pix_fmt", "yuv420p", "-movflags", "+faststart", str(made),
        ]  # fmt: skip
        try:
            with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:  # noqa: S603
                said = fed(running, data)
        except OSError as fault:  # a file of that name that is no program
            why = (fault.strerror or str(fault)).lower()
            raise MissingExtra("E467", f"ffmpeg cannot be started: {why}", "install ffmpeg, or save as .gif") from None
        if running.returncode or not made.exists():
            why = said.splitlines()[-1] if said else f"it ended with {running.returncode}"
            raise MissingExtra("E467", f"ffmpeg made no film: {why}", "save as .gif, or install another ffmpeg")
        return made.read_bytes()


def fed(running: subprocess.Popen[bytes], data: Iterable[bytes]) -> str:
    """Give a program its input piece by piece; what it says to its errors."""
    if running.stdin is None or running.stderr is None:
        return ""
    with suppress(BrokenPipeError):  # it ended early: what it says tells why
        for piece in data:
            running.stdin.write(piece)
        running.stdin.close()
    return running.stderr.read().decode(errors="replace").strip()


def pictures(scenes: Sequence[Scene], seconds: float) -> Iterator[bytes]:
    """The pixels of each picture, of the last one as often as it stands longer."""
    for scene in scenes:
        data = pixels(scene)[2]
        yield data
    yield from repeat(data, round(REST / seconds))
