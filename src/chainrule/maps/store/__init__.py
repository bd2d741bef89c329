"""Tiles of numbers ↔ a store that survives whatever ends a process: Zarr v3, read by xarray as it is, also
half-finished."""

from chainrule.maps.store.layout import Array, Axis, StoreLayout
from chainrule.maps.store.store import Store

__all__ = ["Array", "Axis", "Store", "StoreLayout"]
