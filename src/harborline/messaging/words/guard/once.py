"""A value worked out once for each object: `functools.cached_property` without its lock, which costs more than it.

A reader belongs to one judgement in one thread; nothing shares it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Self, TypeVar, overload

_Owner = TypeVar("_Owner")
_Value = TypeVar("_Value")


class once(Generic[_Owner, _Value]):  # noqa: N801 - used as a decorator, like property
    """The decorated method's value, kept in the object under the method's name."""

    def __init__(self, work: Callable[[_Owner], _Value]) -> None:
        """Take the method."""
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    @overload
    def __get__(self, owner: None, kind: type[_Owner]) -> Self: ...
    @overload
    def __get__(self, owner: _Owner, kind: type[_Owner]) -> _Value: ...
    def __get__(self, owner: _Owner | None, kind: type[_Owner]) -> Self | _Value:
        """Work it out; the next look finds it in the object itself."""
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._work(owner)
        return value
