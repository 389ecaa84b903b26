"""Fixtures of the tests of the native provider: those of the engine's tests."""

from __future__ import annotations

from tests.engine.conftest import emulator, front, native_front, new_stack, server

__all__ = ["emulator", "front", "native_front", "new_stack", "server"]
