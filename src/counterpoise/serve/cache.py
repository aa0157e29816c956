"""Replies kept for who asks the same again."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache:
    """Bytes by key; those used longest ago go first when all take more than `most` bytes."""

    def __init__(self, most: int):
        self._most, self._size = most, 0
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """What is kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key, unless they alone are a quarter of the room."""
        if len(content) > self._most // 4:
            return
        with self._lock:
            self._size -= len(self._kept.pop(key, b""))
            self._kept[key] = content
            self._size += len(content)
            while self._size > self._most:
                _, old = self._kept.popitem(last=False)
                self._size -= len(old)


class Newest(Generic[T]):
    """The things used last, so many of them, by key."""

    def __init__(self, most: int):
        self._most = most
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: str) -> T | None:
        """What is kept under a key, or None."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, thing: T) -> None:
        """Keep a thing; the one used longest ago goes."""
        with self._lock:
            self._kept[key] = thing
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
