"""The scanner ClamAV, asked over its socket: the INSTREAM command, the file in pieces, one line as the answer."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

from secondopinion.people.kept.scanning import NotScanned, Verdict

PIECE: Final = 64 * 1024  # bytes
LONGEST_ANSWER: Final = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Clamd:
    """A clamd at `host:port`, or at the path of a Unix socket. `patience` is in seconds."""

    at: str
    patience: float = 20.0

    def scan(self, content: bytes) -> Verdict:
        """Let the daemon look into a file. Raises NotScanned when it is not there, too busy, or says it cannot."""
        try:
            answer = self._asked(content)
        except OSError as error:
            raise NotScanned(
                "The malware scanner does not answer, so the file was not kept. Try again in a few minutes; if it "
                "stays so, tell whoever runs this program."
            ) from error
        if answer.endswith(" FOUND"):
            return Verdict(answer.removeprefix("stream: ").removesuffix(" FOUND")[:80] or "malware", "clamd")
        if answer == "stream: OK":
            return Verdict("", "clamd")
        raise NotScanned(
            "The malware scanner could not look at the file, so it was not kept. It may be larger than the scanner "
            "takes: make it smaller, or tell whoever runs this program."
        )

    def _asked(self, content: bytes) -> str:
        with self._connected() as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), PIECE):
                piece = content[at : at + PIECE]
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            said = b""
            while b"\0" not in said and len(said) < LONGEST_ANSWER:
                more = line.recv(LONGEST_ANSWER)
                if not more:
                    break
                said += more
        return said.partition(b"\0")[0].decode("utf-8", "replace").strip()

    def _connected(self) -> socket.socket:
        if self.at.startswith("/"):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.patience)
            line.connect(self.at)
            return line
        host, _, port = self.at.rpartition(":")
        return socket.create_connection((host, int(port)), self.patience)
