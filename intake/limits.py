"""The limits of one request; what is beyond them is refused before it is understood."""

BODY_BYTES = 32 * 1024
FIELDS = 64
REQUEST_SECONDS = 10.0
URL_BYTES = 2 * 1024
HEAD_BYTES = 16 * 1024
HEADERS = 64
# A body may come as one byte a chunk, which takes six.
WIRE_BYTES = HEAD_BYTES + 6 * BODY_BYTES
IDEMPOTENCY_KEY_LENGTH = 255
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 15
RETRY_AFTER_SECONDS = 30
# Who signs in at the desk is not kept waiting by a store that is slow to count.
COUNTING_SECONDS = 0.4
BACKLOG = 2048
