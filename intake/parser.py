"""The parser: httptools', which reads on where a request offers another protocol."""

from array import array

from httptools import HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Parser(HttpRequestParser):
    """Reads requests, and leaves an `Upgrade` alone, as a server may (RFC 9110, section 7.8).

    httptools takes such a request to end at its head, and its body for the next request: an honest client, which offers
    HTTP/2 with every request, would be misunderstood, and behind a proxy somebody else's request could be forged. So
    its head is read a second time without the offer; the callbacks of the first time are told by `should_upgrade`.
    """

    def __init__(self, protocol: HttpToolsProtocol) -> None:
        super().__init__(protocol)
        self._protocol = protocol
        # As uvicorn has it: what is sent after a request that closes the connection must not spoil the answer to that.
        self.set_dangerous_leniencies(lenient_data_after_close=True)

    def feed_data(self, data: "bytes | bytearray | memoryview[int] | array[int]") -> None:
        """Read on; raise HttpParserError for what can't be read."""
        rest = memoryview(data)
        while rest:
            try:
                super().feed_data(rest)
                rest = rest[:0]
            except HttpParserUpgrade as offer:
                rest = rest[offer.args[0] :]
                head = self._head_without_offer()
                # From the start: where the request also closes the connection, nothing more would be read.
                self.__init__(self._protocol)  # type: ignore[misc]  # the one thing that takes httptools back there
                super().feed_data(head)

    def _head_without_offer(self) -> bytes:
        lines = [b"%b: %b\r\n" % header for header in self._protocol.headers if header[0] != b"upgrade"]
        version = self.get_http_version().encode()
        return b"%b %b HTTP/%b\r\n%b\r\n" % (self.get_method(), self._protocol.url, version, b"".join(lines))
