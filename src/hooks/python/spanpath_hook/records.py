"""What is sent: spans and log records, kept as small as they can be until they are encoded."""

import os
import time

INTERNAL, SERVER, CLIENT = 1, 2, 3
UNSET, OK, ERROR = 0, 1, 2
MAX_EVENTS = 128
MAX_ATTRIBUTES = 128


class Span:
    """A span of the hook. Ids are lower-case hex; times are nanoseconds since the epoch."""

    __slots__ = (
        "trace_id", "span_id", "parent_id", "name", "kind", "start", "end", "attributes", "events",
        "links", "status", "message", "scope", "version", "otel", "errors",
        "told",
    )  # fmt: skip

    def __init__(self, name, kind, parent, attributes, scope=None, version=None):
        self.trace_id = parent[0] if parent else random_hex(16)
        self.span_id = random_hex(8)
        self.parent_id = parent[1] if parent else ""
        self.name = name
        self.kind = kind
        self.start = time.time_ns()
        self.end = 0
        self.attributes = attributes
        self.events = []
        self.links = []
        self.status = UNSET
        self.message = ""
        self.scope = scope
        self.version = version
        #: The same span as `opentelemetry.trace` sees it, once somebody asked.
        self.otel = None
        #: Exceptions that were recorded already, so that one is not told twice on its way up.
        self.errors = ()
        #: What its handler raised, in case an SDK makes an error of it.
        self.told = ""

    def fail(self, error_type, message=""):
        self.attributes.setdefault("error.type", error_type)
        self.status = ERROR
        self.message = self.message or message

    def record(self, error, passes=True):
        """An exception as an event, with its stack as it was before an SDK made a result of it."""
        if self._is_known(error) or len(self.events) >= MAX_EVENTS:
            return
        from .failures import capture, message_of

        self.errors += (id(error),)
        self.told = message_of(error)
        self.events.append((time.time_ns(), "exception", capture(error)))

    def tell(self, error):
        """The handler's own span has the exception; it need not stand here too."""
        from .failures import message_of

        self.errors += (id(error),)
        self.told = message_of(error)

    def _is_known(self, error):
        seen = 0
        while error is not None and seen < 20:
            if id(error) in self.errors:
                return True
            error, seen = error.__cause__ or error.__context__, seen + 1
        return False


class Log:
    __slots__ = ("time", "event", "body", "severity", "text", "attributes", "trace_id", "span_id")

    def __init__(self, event, body, severity, text, attributes, span, error):
        self.time = time.time_ns()
        self.event = event
        self.body = body
        self.severity = severity
        self.text = text
        self.attributes = attributes
        self.trace_id = span.trace_id if span is not None else ""
        self.span_id = span.span_id if span is not None else ""
        if error is not None:
            from .failures import capture

            self.attributes.update(capture(error))


def random_hex(size):
    """Not `random`: the server may have seeded it, and must find it untouched."""
    return os.urandom(size).hex()
