"""What a process writes, as whole lines of text."""

import asyncio
import codecs
import os
from collections.abc import AsyncIterator

CHUNK = 64 * 1024
# A line without an end is cut here, so that a process gone mad does not fill our memory.
LONGEST_LINE = 1024 * 1024


async def lines(pipe: int) -> AsyncIterator[str]:
    """Yield the lines that come out of a pipe (a descriptor, closed at the end), whatever their bytes and length."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
    )
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pieces: list[str] = []
    held = 0
    try:
        while chunk := await reader.read(CHUNK):
            first, *others = decoder.decode(chunk).split("\n")
            pieces.append(first)
            held += len(first)
            for other in others:
                yield "".join(pieces).rstrip("\r")
                pieces, held = [other], len(other)
            if held > LONGEST_LINE:
                yield "".join(pieces)
                pieces, held = [], 0
        if rest := "".join(pieces) + decoder.decode(b"", final=True):
            yield rest.rstrip("\r")
    finally:
        transport.close()
