"""Records of `logging`, with the span in which they were logged."""

import functools

from . import context, export

#: What the SDKs say of each request is a span already.
_SDKS = ("mcp", "fastmcp", "FastMCP", "asyncio")


def patch_logging(module):
    logger = module.Logger
    original = logger.callHandlers

    @functools.wraps(original)
    def callHandlers(self, record):
        with context.Untraced():
            original(self, record)
        try:
            if not _is_told_elsewhere(self, record, module):
                _export(record)
        except Exception as error:
            export.report_failure("logging", error)

    logger.callHandlers = callHandlers


def _is_told_elsewhere(logger, record, module):
    if record.levelno < module.WARNING and record.name.partition(".")[0] in _SDKS:
        return True
    # The server's own OpenTelemetry carries the log, to wherever it was told to.
    return any(type(handler).__module__.startswith("opentelemetry.") for handler in module.root.handlers)


def _export(record):
    attributes = {
        "logger.name": record.name,
        "code.file.path": record.pathname,
        "code.line.number": record.lineno,
        "code.function.name": record.funcName,
    }
    error = record.exc_info[1] if record.exc_info else None
    export.log(
        None,
        record.getMessage(),
        _severity(record.levelno),
        attributes,
        context.current(),
        error if isinstance(error, BaseException) else None,
        text=record.levelname,
    )


def _severity(level):
    """Python's levels on OpenTelemetry's scale: DEBUG 5, INFO 9, WARNING 13, ERROR 17, CRITICAL 21."""
    return max(1, min(24, level * 4 // 10 + 1))
