"""Runs a function right after a module was imported, without importing it."""

import sys

from . import export

_PACKAGE = __name__.rpartition(".")[0]


class _Finder:
    """First on sys.meta_path: lets the others find the module and adds a step to its loading."""

    def __init__(self, points):
        self._points = points
        self._asked = set()

    def find_spec(self, name, path=None, target=None):
        if name not in self._points or name in self._asked:
            return None
        self._asked.add(name)
        try:
            spec = self._find(name, path, target)
        finally:
            self._asked.discard(name)
        if spec is not None and spec.loader is not None:
            try:
                self._follow(name, spec.loader)
            except Exception as error:
                export.report_failure(f"import of {name}", error)
        return spec

    def _find(self, name, path, target):
        for finder in sys.meta_path:
            find_spec = getattr(finder, "find_spec", None)
            if finder is self or find_spec is None:
                continue
            spec = find_spec(name, path, target)
            if spec is not None:
                return spec
        return None

    def _follow(self, name, loader):
        """Patches this one loader; it is as it was again when the module is loaded."""
        original = loader.exec_module

        def exec_module(module):
            del loader.exec_module
            original(module)
            _apply(self._points[name], module)

        # A loader that many modules share (of a zip file) must not be patched for one of them.
        if isinstance(loader, type) or not hasattr(loader, "path"):
            return
        loader.exec_module = exec_module


def _apply(point, module):
    file, function = point
    try:
        ours = __import__(f"{_PACKAGE}.{file}", fromlist=[function])
        getattr(ours, function)(module)
    except Exception as error:
        export.report_failure(f"{file}.{function} on {module.__name__}", error)


def install(points):
    sys.meta_path.insert(0, _Finder(points))
    for name, point in points.items():
        module = sys.modules.get(name)
        if module is not None:  # a .pth file may have imported it before us
            _apply(point, module)
