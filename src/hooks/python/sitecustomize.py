"""Found first on PYTHONPATH when Spanpath starts a server; hands over to the next sitecustomize.

Whatever goes wrong with the hook, the server must start as if it were not there.
"""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))


def _load_next():
    """Runs the sitecustomize that Python would have found without this one, if there is one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is None or spec.loader is None:
        return
    module = module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


try:
    import spanpath_hook

    spanpath_hook.install()
except Exception:
    pass

# The server's own sys.path is what it would have been.
sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != _here]
_load_next()
