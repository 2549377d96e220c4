"""Teaches Schemathesis to send JSON lines, which it has no serializer for: they go as the text that they are."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def json_lines(ctx, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
