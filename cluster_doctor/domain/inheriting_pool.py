"""Threads that work in the name of whoever hands them work: they inherit its context variables."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class InheritingPool(ThreadPoolExecutor):
    """A pool of such threads, so that a trace span in one of them lies within that of its caller."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Let a thread do it."""
        return super().submit(partial(copy_context().run, fn, *args, **kwargs))
