"""LLVM's text → a function of this process. The one file that imports llvmlite.

Compiled functions are kept for the process, the latest few of them; nothing is written to a disk.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from chainrule.errors import MissingExtra, UsageError
from chainrule.numbers.numerics import Numerics

KEPT = 64
"""Compiled functions that are kept at once."""


@cache
def binding() -> Any:
    """llvmlite's binding, or MissingExtra E313."""
    try:
        import llvmlite.binding as llvm
    except (ImportError, OSError):  # OSError: it is there, and its LLVM is not
        raise MissingExtra(
            "E313", "the native engine needs llvmlite, which is not installed", 'pip install "chainrule[native]"'
        ) from None
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def there() -> bool:
    """Whether the native engine can be had."""
    try:
        binding()
    except (MissingExtra, RuntimeError, OSError):
        return False
    return True


@cache
def lanes() -> int:
    """How many float64 the vectors of this processor hold."""
    features = binding().get_host_cpu_features()
    return 8 if features.get("avx512f") else 4 if features.get("avx2") else 2


def fuses() -> bool:
    """Whether this processor multiplies and adds in one operation."""
    llvm = binding()
    if llvm.get_process_triple().startswith(("aarch64", "arm64")):
        return True  # it is part of every such processor
    return bool(llvm.get_host_cpu_features().get("fma"))


def processor() -> tuple[str, str]:
    """What code is made for: LLVM's name of this processor, and what it can do."""
    llvm = binding()
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def ready(numerics: Numerics) -> None:
    """Raise if machine code for these numbers cannot be had: MissingExtra E313 without llvmlite, UsageError E314 where
    the processor fuses nothing."""
    binding()
    if numerics.fused and not fuses():
        raise UsageError(
            "E314",
            f"numerics {numerics.name!r} is made of fused multiply-adds, and this processor has none",
            'write numerics="exact"; or engine="reference", which computes the same bits slowly',
        )


def compiled(text: str) -> Machine:
    """The functions of a text."""
    return made(text, *processor())


@lru_cache(maxsize=KEPT)
def made(text: str, name: str, features: str) -> Machine:
    """The functions of a text, for a processor."""
    return Machine(text, name, features)


def target_of(name: str, features: str) -> Any:
    return binding().Target.from_default_triple().create_target_machine(cpu=name, features=features, opt=2)


@cache
def pipeline(name: str, features: str) -> tuple[Any, Any]:
    """The passes over a text and what they run with: one for a process, since each that is made stays for good."""
    llvm = binding()
    passes = llvm.create_new_module_pass_manager()
    for add in (
        passes.add_sroa_pass, passes.add_simplify_cfg_pass, passes.add_instruction_combine_pass,
        passes.add_loop_rotate_pass, passes.add_loop_unroll_pass, passes.add_sroa_pass, passes.add_new_gvn_pass,
        passes.add_instruction_combine_pass, passes.add_simplify_cfg_pass,
    ):  # fmt: skip
        add()
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    return passes, llvm.create_pass_builder(target_of(name, features), options)


class Machine:
    """A compiled text; its code lives as long as this does."""

    def __init__(self, text: str, name: str, features: str) -> None:
        llvm, target = binding(), target_of(name, features)
        module = llvm.parse_assembly(text)
        module.triple = target.triple
        module.data_layout = str(target.target_data)
        passes, builder = pipeline(name, features)
        passes.run(module, builder)
        self.engine = llvm.create_mcjit_compiler(module, target)
        self.engine.finalize_object()
        address = self.engine.get_function_address("advance")
        pointer = ctypes.c_void_p
        self.advance: Callable[[Any, Any], int] = ctypes.CFUNCTYPE(ctypes.c_int64, pointer, pointer)(address)
