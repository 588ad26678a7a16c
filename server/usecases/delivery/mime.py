"""The MIME entities that a mail is made of, as bytes with CRLF at each line's end (RFC 2045, RFC 2046).

Their headers are our own constants, so nothing in them needs to be parsed, quoted or folded; the email package does all
that for each header of each part, over and over, which was two thirds of the work for a mail.
"""

import binascii
from base64 import encodebytes


def text_part(content_type: str, text: str) -> bytes:
    """Return a part of UTF-8 text, quoted-printable, each kind of line break as CRLF.

    It writes "=" as "=3D": no text can hold a boundary that begins with "=_".
    """
    lines = text.encode().splitlines()
    encoded = binascii.b2a_qp(b"".join(line + b"\n" for line in lines))
    return _part(f'{content_type}; charset="utf-8"', "quoted-printable", encoded)


def binary_part(content_type: str, content: bytes, disposition: str = "") -> bytes:
    """Return a part in base64, whose bytes arrive as they are; `disposition` says how a program shows it."""
    return _part(content_type, "base64", encodebytes(content), disposition)


def multipart(subtype: str, boundary: str, parts: list[bytes]) -> bytes:
    """Return an entity of several parts; `boundary` must stand in none of them."""
    begins = f"--{boundary}\r\n".encode()
    return b"".join(
        (
            f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode(),
            *(begins + part + b"\r\n" for part in parts),
            f"--{boundary}--\r\n".encode(),
        )
    )


def _part(content_type: str, encoding: str, encoded: bytes, disposition: str = "") -> bytes:
    head = f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: {encoding}\r\n"
    if disposition:
        head += f"Content-Disposition: {disposition}\r\n"
    return head.encode() + b"\r\n" + encoded.replace(b"\n", b"\r\n")
