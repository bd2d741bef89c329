"""Graphics cards through WebGPU: which there are, and buffers and kernels on one. The one file that imports wgpu."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import MissingExtra, UsageError, inline
from chainrule.values import dataclass

BACKENDS = ["Vulkan", "Metal", "DX12"]
"""Never OpenGL, which takes five times as long to answer."""

GROUPS = 65_535
"""Workgroups of one call."""

Numbers = NDArray[np.generic]

TURN = RLock()
"""Who talks to a driver: one thread at a time."""


@cache
def library() -> Any:
    """wgpu, or MissingExtra E682."""
    try:
        import wgpu
        from wgpu.backends.wgpu_native import extras
    except (ImportError, OSError):
        raise MissingExtra(
            "E682", "a graphics card is asked through wgpu, which is not installed", 'pip install "chainrule[gpu]"'
        ) from None
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # else drivers write to standard error
    with suppress(AttributeError, RuntimeError, TypeError):  # an older one, or somebody has asked for adapters before
        extras.set_instance_extras(backends=BACKENDS)
    return wgpu


@dataclass(frozen=True, slots=True)
class Adapter:
    """A graphics card as its driver calls it. One that is made of the processor is for tests."""

    name: str
    driver: str
    backend: str
    processor: bool
    handle: Any

    @property
    def told(self) -> str:
        """What it is, on one line."""
        return ", ".join(one for one in (self.name, self.driver, self.backend) if one)


def adapters() -> list[Adapter]:
    """Every adapter, real cards first."""
    found = []
    with told():
        for one in library().gpu.enumerate_adapters_sync():
            about = one.info
            kind = str(about.get("adapter_type", "")).lower()
            name, driver = str(about.get("device", "")), str(about.get("description", ""))
            found.append(Adapter(inline(name), inline(driver), str(about.get("backend_type", "")), kind == "cpu", one))
    return sorted(found, key=lambda one: one.processor)


def first() -> Adapter:
    """The first adapter, or UsageError E683."""
    found = adapters()
    if not found:
        raise UsageError(
            "E683",
            "no graphics card answers through Vulkan, Metal or Direct3D 12",
            "install its driver (in a container its Vulkan driver, too), or leave it to the processor",
        )
    return found[0]


@contextmanager
def told() -> Iterator[None]:
    """What a driver complains of as UsageError E685."""
    wgpu = library()
    try:
        with TURN:
            yield
    except (wgpu.GPUError, RuntimeError, OSError, ValueError) as error:
        raise complaint(str(error)) from error


def complaint(said: str) -> UsageError:
    """What a driver said, as an error: E688 where it is that the card is gone, else E685."""
    help = "leave it to the processor; what was made before is kept"
    if "lost" in said.lower() or "destroyed" in said.lower():
        gone = "the graphics card does not answer any more: its driver was reset, or it is gone"
        return UsageError("E688", gone, help)
    lines = [line.strip() for line in said.splitlines() if line.strip() and line.strip()[0] not in DRAWN]
    errors = [line for line in lines if "error:" in line.lower()]  # before it stands where, after it a picture of it
    why = (errors or lines or ["it does not say why"])[-1]
    return UsageError("E685", f"the graphics card refused: {inline(why)[:200]}", help)


DRAWN = "│┌└╰╭=^~"
"""What a line of a picture begins with."""


class Device:
    """An adapter that was opened."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter, self.wgpu = adapter, library()
        with told():
            self.device = adapter.handle.request_device_sync()

    @property
    def most(self) -> int:
        """Bytes of a buffer at most."""
        return int(self.device.limits["max-storage-buffer-binding-size"])

    def buffer(self, numbers: Numbers) -> Buffer:
        """A buffer with these numbers; one of nothing has room for one."""
        return Buffer(self, numbers if numbers.size else np.zeros(1, numbers.dtype))

    def load(self, text: str, entry: str, writable: Sequence[bool]) -> Program:
        """A kernel with a buffer for each of ``writable``, after that of the call."""
        return Program(self, text, entry, writable)


class Buffer:
    """Numbers on a device."""

    def __init__(self, device: Device, numbers: Numbers) -> None:
        usage = device.wgpu.BufferUsage
        self.device, self.type = device, numbers.dtype
        with told():
            self.handle = device.device.create_buffer_with_data(
                data=np.ascontiguousarray(numbers), usage=usage.STORAGE | usage.COPY_SRC | usage.COPY_DST
            )

    def read(self) -> Numbers:
        with told():
            return np.frombuffer(self.device.device.queue.read_buffer(self.handle), self.type)


class Program:
    """A compiled kernel."""

    def __init__(self, device: Device, text: str, entry: str, writable: Sequence[bool]) -> None:
        wgpu, self.device = device.wgpu, device.device
        stage, usage = wgpu.ShaderStage.COMPUTE, wgpu.BufferUsage
        kinds = ["uniform", *("storage" if one else "read-only-storage" for one in writable)]
        entries = [{"binding": k, "visibility": stage, "buffer": {"type": kind}} for k, kind in enumerate(kinds)]
        with told():
            module = self.device.create_shader_module(code=text)
            self.layout = self.device.create_bind_group_layout(entries=entries)
            whole = self.device.create_pipeline_layout(bind_group_layouts=[self.layout])
            self.pipeline = self.device.create_compute_pipeline(
                layout=whole, compute={"module": module, "entry_point": entry}
            )
            self.words = self.device.create_buffer(size=32, usage=usage.UNIFORM | usage.COPY_DST)

    def bind(self, buffers: Sequence[Buffer]) -> Any:
        """The buffers of a call, in the order of their bindings."""
        handles = [self.words, *(one.handle for one in buffers)]
        with told():
            return self.device.create_bind_group(
                layout=self.layout,
                entries=[{"binding": k, "resource": {"buffer": one}} for k, one in enumerate(handles)],
            )

    def call(self, bound: Any, words: Sequence[int], groups: int) -> None:
        """Begin a call; whoever reads a buffer waits for it."""
        numbers = np.zeros(8, np.int32)
        numbers[: len(words)] = words
        with told():
            self.device.queue.write_buffer(self.words, 0, numbers)
            encoder = self.device.create_command_encoder()
            work = encoder.begin_compute_pass()
            work.set_pipeline(self.pipeline)
            work.set_bind_group(0, bound)
            work.dispatch_workgroups(groups)
            work.end()
            self.device.queue.submit([encoder.finish()])
