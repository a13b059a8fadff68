"""Hides secrets in what is sent, by the rules that the shim keeps for the wire."""

import re

from . import settings

LEVEL = settings.content
HIDDEN = "[redacted]"

_KEYS = re.compile(
    r"(?:^|_)(?:password|passwd|pwd|passphrase|secrets?|token|credentials?|cookie|authorization|api_?key|"
    r"access_key|secret_key|private_key|signing_key|encryption_key|session_id|ssn|cvv)$"
)
_SHAPES = [
    re.compile(
        r"\b(?:(?i:bearer|basic)\s+[A-Za-z0-9\-._~+/]{8,}={0,2}|(?:AKIA|ASIA)[A-Z0-9]{16}\b|gh[pousr]_[A-Za-z0-9]{20,}"
        r"|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}"
        r"|AIza[A-Za-z0-9_-]{30,}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,})"
    ),
    re.compile(
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]{0,16384}?(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|$)"
    ),
    # User and password of a URL.
    re.compile(r"(?<=://)[^/@\s\"'<>]{1,400}(?=@)"),
]
#: A header as a program prints it: its value may have blanks and semicolons.
_HEADER = re.compile(
    r"\b((?:authorization|cookie)[\"']?\s{0,4}[=:](?!\s{0,4}[\"']?\[redacted)\s{0,4}[\"']?)[^\r\n\"']{1,4096}",
    re.IGNORECASE,
)
#: A key, perhaps quoted, and what stands before its value.
_KEY_OF_PAIR = re.compile(r"(?<![A-Za-z0-9_])([A-Za-z_][\w.-]{0,63})\\{0,7}[\"']?\s{0,4}[=:]\s{0,4}", re.ASCII)
#: Quotes may be escaped, as in JSON inside of text.
_VALUE_OF_PAIR = re.compile(
    r"\\{1,7}\"[^\"\\]{1,4096}\\{1,7}\"|\"(?:[^\"\\]|\\.){1,4096}\"|'(?:[^'\\]|\\.){1,4096}'|[^\s,;\"'&]{1,4096}"
)
_USER = re.compile(r"^([a-z][a-z0-9+.-]*://)[^/@\s]+@", re.IGNORECASE)
_extra_keys = set()
#: What repeats a group with a choice or a repetition in it may take forever, and a server waits meanwhile.
_MAY_NOT_END = re.compile(r"\((?:[^()\\]|\\.)*[+*|{](?:[^()\\]|\\.)*\)[+*{]")
#: The user has a rule that cannot be followed here: then no text is kept.
_blind = False


def _read_rules(text):
    """The user's own: `/pattern/` hides what it matches, another word is a key; places are the shim's."""
    for rule in re.findall(r"/(?:[^/\\\n]|\\.)+/|[^,\n]+", text):
        rule = rule.strip()
        if rule.startswith("/") and rule.endswith("/") and len(rule) > 2:
            _add_pattern(rule[1:-1])
        elif rule and not rule.startswith("$"):
            _extra_keys.add(_snake(rule))


def _add_pattern(pattern):
    global _blind
    try:
        if _MAY_NOT_END.search(pattern):
            _blind = True
        else:
            _SHAPES.append(re.compile(re.sub(r"\(\?<(?![=!])", "(?P<", pattern)))
    except re.error:
        _blind = True  # one that only JavaScript understands


def _snake(key):
    return re.sub(r"[-.\s]", "_", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", key)).lower()


_read_rules(settings.redact)


def is_secret(key):
    key = _snake(key)
    return key in _extra_keys or _KEYS.search(key) is not None


def text(value):
    """Free text: a log line, a message, a stack."""
    if LEVEL == "full":
        return value
    for shape in _SHAPES:
        value = shape.sub(HIDDEN, value)
    if _blind:
        return HIDDEN
    if "=" in value or ":" in value:
        value = _hide_pairs(_HEADER.sub(rf"\1{HIDDEN}", value))
    return value


def _hide_pairs(value):
    """What follows a key that is not secret may hold a pair: `Error: token=x`, `url=/?token=x`."""
    out = []
    written = at = 0
    while found := _KEY_OF_PAIR.search(value, at):
        at = found.end()
        if not is_secret(found[1]):
            continue
        secret = _VALUE_OF_PAIR.match(value, at)
        if secret is None or HIDDEN in secret[0]:
            continue
        out += (value[written:at], HIDDEN)
        written = at = secret.end()
    return "".join(out) + value[written:]


def url(value):
    """Without user information; without the query's values where contents are not kept."""
    if LEVEL == "full":
        return value
    value = _USER.sub(rf"\1{HIDDEN}@", value)
    head, mark, query = value.partition("?")
    if LEVEL in ("keys", "none"):
        return head
    return head + mark + "&".join(_hide_parameter(part) for part in query.split("&"))


#: Signatures of cloud storage links, as the HTTP conventions name them.
_SIGNATURES = {"awsaccesskeyid", "signature", "sig", "x-goog-signature", "x-amz-signature", "x-amz-credential"}


def _hide_parameter(part):
    key, mark, value = part.partition("=")
    if mark and (key.lower() in _SIGNATURES or is_secret(key)):
        return f"{key}={HIDDEN}"
    return text(part)


def keeps_content():
    return LEVEL in ("full", "redacted")
