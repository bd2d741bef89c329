"""Devices through OpenCL: which there are, and buffers and kernels on one. The one file that imports pyopencl."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from chainrule.engines.gpu.device import TURN, complaint
from chainrule.engines.gpu.protocol import Numbers
from chainrule.errors import MissingExtra, UsageError, inline
from chainrule.values import dataclass

WORDS = 5
"""Numbers of a call, before its buffers."""

GROUP = 64
"""Work-items of a group."""

OPTIONS = ["-cl-std=CL1.2"]
ROUNDED = "-cl-fp32-correctly-rounded-divide-sqrt"


@cache
def library() -> Any:
    """pyopencl, or MissingExtra E689."""
    os.environ.setdefault("PYOPENCL_NO_CACHE", "1")  # else it writes to the user's folder
    try:
        import pyopencl
    except (ImportError, OSError):
        raise MissingExtra(
            "E689", "devices of OpenCL are asked through pyopencl, which is not installed",
            'pip install "chainrule[opencl]"',
        ) from None  # fmt: skip
    return pyopencl


@dataclass(frozen=True, slots=True)
class OpenAdapter:
    """A device as its driver calls it. One that is the processor is for tests."""

    name: str
    driver: str
    processor: bool
    handle: Any

    @property
    def told(self) -> str:
        """What it is, on one line."""
        return f"{self.name}, {self.driver}, OpenCL"


def adapters() -> list[OpenAdapter]:
    """Every device, those that are no processor first; none where there is no driver."""
    cl, found = library(), []
    with TURN:
        try:
            platforms = cl.get_platforms()
        except cl.Error:
            return []
        for platform in platforms:
            try:
                devices = platform.get_devices()
            except cl.Error:
                continue
            for one in devices:
                processor = bool(one.type & cl.device_type.CPU)
                told = f"{platform.name} {one.driver_version}"
                found.append(OpenAdapter(inline(one.name.strip()), inline(told), processor, one))
    return sorted(found, key=lambda one: one.processor)


def first() -> OpenAdapter:
    """The first device, or UsageError E690."""
    found = adapters()
    if not found:
        raise UsageError(
            "E690",
            "no device answers through OpenCL",
            "install its driver (Debian's pocl-opencl-icd plays one on the processor), or leave it to the processor",
        )
    return found[0]


@contextmanager
def told() -> Iterator[None]:
    """What a driver complains of as UsageError E685 or E688."""
    cl = library()
    try:
        with TURN, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what compilers have to say of a text that they took
            yield
    except (cl.Error, MemoryError, RuntimeError, OSError, ValueError) as error:
        raise complaint(str(error)) from error


class OpenDevice:
    """A device that was opened."""

    def __init__(self, adapter: OpenAdapter) -> None:
        self.adapter, self.cl = adapter, library()
        with told():
            self.context = self.cl.Context([adapter.handle])
            self.queue = self.cl.CommandQueue(self.context)

    @property
    def double(self) -> bool:
        """Whether it has float64."""
        return bool(self.adapter.handle.double_fp_config)

    @property
    def options(self) -> list[str]:
        """How kernels are compiled: quotients and roots of float32 rounded right, where that is known of the device."""
        rounds = self.adapter.handle.single_fp_config & self.cl.device_fp_config.CORRECTLY_ROUNDED_DIVIDE_SQRT
        return [*OPTIONS, ROUNDED] if rounds else OPTIONS

    @property
    def most(self) -> int:
        """Bytes of a buffer at most."""
        return int(self.adapter.handle.max_mem_alloc_size)

    def buffer(self, numbers: Numbers) -> OpenBuffer:
        """A buffer with these numbers; one of nothing has room for one."""
        return OpenBuffer(self, numbers if numbers.size else np.zeros(1, numbers.dtype))

    def load(self, text: str, entry: str, writable: Sequence[bool]) -> OpenProgram:
        """A kernel with a buffer for each of ``writable``, after the words of the call."""
        return OpenProgram(self, text, entry)


class OpenBuffer:
    """Numbers on a device."""

    def __init__(self, device: OpenDevice, numbers: Numbers) -> None:
        self.device, self.type, self.size = device, numbers.dtype, numbers.size
        flags = device.cl.mem_flags
        with told():
            self.handle = device.cl.Buffer(
                device.context, flags.READ_WRITE | flags.COPY_HOST_PTR, hostbuf=np.ascontiguousarray(numbers)
            )

    def read(self) -> Numbers:
        found = np.empty(self.size, self.type)
        with told():
            self.device.cl.enqueue_copy(self.device.queue, found, self.handle)
        return found


class OpenProgram:
    """A compiled kernel."""

    def __init__(self, device: OpenDevice, text: str, entry: str) -> None:
        self.device = device
        with told():
            built = device.cl.Program(device.context, text).build(options=device.options)
            self.kernel = device.cl.Kernel(built, entry)

    def bind(self, buffers: Sequence[Any]) -> list[Any]:
        """The buffers of a call, in the order of its arguments."""
        return [one.handle for one in buffers]

    def call(self, bound: Any, words: Sequence[int], groups: int) -> None:
        """Begin a call; whoever reads a buffer waits for it."""
        numbers = [*words, *[0] * (WORDS - len(words))]
        with told():
            for place, one in enumerate((*map(np.int32, numbers), *bound)):
                self.kernel.set_arg(place, one)
            self.device.cl.enqueue_nd_range_kernel(self.device.queue, self.kernel, (groups * GROUP,), (GROUP,))
            self.device.queue.flush()
