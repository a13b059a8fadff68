"""The moment in which this process turns out to be the server, and not what launches it."""

import os
import sys

from . import export, settings

_begun = False


def begin():
    """Called when the SDK takes the standard streams, or gets its first request; works once."""
    global _begun
    if _begun:
        return
    _begun = True
    try:
        settings.restore(os.environ)
        version = sys.version.split()[0]
        export.log(
            "spanpath.hook",
            body=f"Python {version}",
            attributes={
                "spanpath.hook.state": "loaded",
                "process.runtime.name": sys.implementation.name,
                "process.runtime.version": version,
                "process.executable.path": sys.executable,
            },
        )
    except Exception as error:
        export.report_failure("start of serving", error)
