"""Records of `logging`, with the span in which they were logged."""

import functools

from . import context, export

#: What the SDKs say of each request is a span already.
_SDKS = ("mcp", "fastmcp", "FastMCP", "asyncio")


def patch_logging(module):
    """A logger's filters decide last: when they have, nothing of the hook stands under its handlers."""
    logger = module.Logger
    original = logger.filter

    @functools.wraps(original)
    def filter(self, record):
        with context.Untraced():
            kept = original(self, record)
        try:
            # Since 3.12 a filter may answer with another record.
            told = kept if isinstance(kept, module.LogRecord) else record
            if kept and not _is_told_elsewhere(self, told, module):
                _export(told)
        except Exception as error:
            export.report_failure("logging", error)
        return kept

    logger.filter = filter


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
        _message_of(record),
        _severity(record.levelno),
        attributes,
        context.current(),
        error if isinstance(error, BaseException) else None,
        text=record.levelname,
    )


def _message_of(record):
    try:
        return record.getMessage()
    except Exception:  # the server's arguments do not fit its text; `logging` says so on stderr
        return str(record.msg)


def _severity(level):
    """Python's levels on OpenTelemetry's scale: DEBUG 5, INFO 9, WARNING 13, ERROR 17, CRITICAL 21."""
    return max(1, min(24, level * 4 // 10 + 1))
