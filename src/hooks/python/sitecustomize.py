"""Found on PYTHONPATH by Python's start-up: loads the hook, then the sitecustomize it hides."""

import sys


def _load_hook():
    try:
        import spanpath_hook

        spanpath_hook.start()
    except Exception:  # the server must start whatever happens here
        pass


def _chain_load():
    """Runs the next sitecustomize on the path, as if this one were not there."""
    here = __file__.rpartition("sitecustomize")[0].rstrip("/\\")
    others = [entry for entry in sys.path if entry.rstrip("/\\") != here]
    spec = None
    for finder in sys.meta_path:
        # Only the finder that reads sys.path can be asked for another path.
        if getattr(finder, "__name__", "") == "PathFinder":
            spec = finder.find_spec(__name__, others)
    if spec is None or spec.loader is None:
        # What Python's start-up expects to hear when there is none.
        raise ImportError("no sitecustomize but Spanpath's", name=__name__)
    module = type(sys)(__name__)
    module.__spec__ = spec
    module.__loader__ = spec.loader
    module.__file__ = spec.origin
    module.__cached__ = spec.cached
    module.__package__ = ""
    sys.modules[__name__] = module
    spec.loader.exec_module(module)


_load_hook()
_chain_load()
