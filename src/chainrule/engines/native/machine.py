"""LLVM's text → a function of this process. The one file that imports llvmlite.

Compiled functions are kept for the process, the latest few of them; nothing is written to a disk.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from chainrule.errors import MissingExtra

KEPT = 64
"""Compiled functions that are kept at once."""


@cache
def binding() -> Any:
    """llvmlite's binding, or MissingExtra E313."""
    try:
        import llvmlite.binding as llvm
    except ImportError:
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


@lru_cache(maxsize=KEPT)
def compiled(text: str) -> Machine:
    """The functions of a text."""
    return Machine(text)


def here() -> Any:
    """A target: this processor with all it has."""
    llvm = binding()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=2
    )


@cache
def pipeline() -> tuple[Any, Any]:
    """The passes over a text and what they run with: one for the process, since each that is made stays for good."""
    llvm = binding()
    passes = llvm.create_new_module_pass_manager()
    for add in (
        passes.add_sroa_pass, passes.add_simplify_cfg_pass, passes.add_instruction_combine_pass,
        passes.add_loop_rotate_pass, passes.add_loop_unroll_pass, passes.add_sroa_pass, passes.add_new_gvn_pass,
        passes.add_instruction_combine_pass, passes.add_simplify_cfg_pass,
    ):  # fmt: skip
        add()
    return passes, llvm.create_pass_builder(here(), llvm.create_pipeline_tuning_options(speed_level=1))


class Machine:
    """A compiled text; its code lives as long as this does."""

    def __init__(self, text: str) -> None:
        llvm, target = binding(), here()
        module = llvm.parse_assembly(text)
        module.triple = target.triple
        module.data_layout = str(target.target_data)
        passes, builder = pipeline()
        passes.run(module, builder)
        self.engine = llvm.create_mcjit_compiler(module, target)
        self.engine.finalize_object()
        address = self.engine.get_function_address("advance")
        pointer = ctypes.c_void_p
        self.advance: Callable[[Any, Any], int] = ctypes.CFUNCTYPE(ctypes.c_int64, pointer, pointer)(address)
