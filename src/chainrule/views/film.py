"""Scenes → the bytes of a GIF, or of an MP4 by the program ffmpeg. The one file that imports Pillow.

Pillow comes with matplotlib, which draws each picture. All pictures of a GIF share one table of colours, so that what
stands still does not flicker.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from chainrule.errors import MissingExtra
from chainrule.views.plot import pixels
from chainrule.views.scene import Scene

REST = 1.0
"""Seconds that the last picture stands longer."""

SAMPLED = 4
"""Pictures that the table of colours is made from."""

RATE = 30
"""Pictures a second of an MP4."""


def gif(scenes: Sequence[Scene], seconds: float) -> bytes:
    """The film as a GIF that begins again by itself."""
    table = palette([scenes[len(scenes) * k // SAMPLED] for k in range(SAMPLED)] + [scenes[-1]])
    frames = [image(scene).quantize(palette=table, dither=0) for scene in scenes]
    times = [round(1000 * seconds)] * (len(frames) - 1) + [round(1000 * (seconds + REST))]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, optimize=False)
    return out.getvalue()


def image(scene: Scene) -> Any:
    """A scene as an image of Pillow."""
    from PIL import Image

    wide, high, data = pixels(scene)
    return Image.frombytes("RGBA", (wide, high), data).convert("RGB")


def palette(scenes: Sequence[Scene]) -> Any:
    """An image with the colours that some scenes need."""
    from PIL import Image

    images = [image(scene) for scene in scenes]
    sheet = Image.new("RGB", (images[0].width, sum(one.height for one in images)))
    top = 0
    for one in images:
        sheet.paste(one, (0, top))
        top += one.height
    return sheet.quantize(256, dither=0)


def mp4(scenes: Sequence[Scene], seconds: float) -> bytes:
    """The film as an MP4.

    Errors: MissingExtra E467 where there is no ffmpeg, or none that makes a film.
    """
    program = shutil.which("ffmpeg")
    if program is None:
        raise MissingExtra(
            "E467", "an MP4 needs the program ffmpeg, which is not on the path", "install ffmpeg, or save as .gif"
        )
    wide, high, _ = pixels(scenes[0])
    with TemporaryDirectory() as room:
        made = Path(room) / "film.mp4"
        command = [
            program, "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgba", "-s", f"{wide}x{high}", "-r", f"{RATE}",
            "-i", "-", "-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white",
            "-movflags", "+faststart", str(made),
        ]  # fmt: skip
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            said = running.communicate(b"".join(pictures(scenes, seconds)))[1].decode(errors="replace").strip()
        if running.returncode or not made.exists():
            why = said.splitlines()[-1] if said else f"it ended with {running.returncode}"
            raise MissingExtra("E467", f"ffmpeg made no film: {why}", "save as .gif, or install another ffmpeg")
        return made.read_bytes()


def pictures(scenes: Sequence[Scene], seconds: float) -> Iterator[bytes]:
    """The pixels of each picture, as often as it stands."""
    for place, scene in enumerate(scenes):
        stands = seconds + (REST if place == len(scenes) - 1 else 0)
        yield pixels(scene)[2] * max(1, round(stands * RATE))
