"""The register of ports: which adapter serves which Protocol, decided once in `project.wiring`."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from harborline.kernel.errors import Broken

T = TypeVar("T")

_SERVING: dict[tuple[type, str], Any] = {}


def serve(port: type[T], adapter: T, name: str = "") -> None:
    """Let `adapter` serve `port`; a port with several adapters (carriers, sinks) names each."""
    _SERVING[(port, name)] = adapter


def serving(port: type[T], name: str = "") -> T:
    """The adapter that serves `port`; raises `Broken` when the wiring has none."""
    try:
        return cast("T", _SERVING[(port, name)])
    except KeyError:
        raise Broken(f"no adapter serves {port.__name__} {name!r}; see harborline.project.wiring") from None


def serving_all(port: type[T]) -> dict[str, T]:
    """Every adapter of `port` by name."""
    return {name: cast("T", adapter) for (kind, name), adapter in _SERVING.items() if kind is port}


def withdraw_all() -> None:
    """Forget every adapter: for tests and for wiring anew."""
    _SERVING.clear()
