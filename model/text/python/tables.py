"""Writes tables.bin: what Python's str and unicodedata know of each character. Package python documents the layout.

Run with a Python of the Unicode version that the package names: python3.12 tables.py
"""

import struct
import sys
import unicodedata

UNICODE = "15.0.0"
BLOCK = 128
WORD, SPACE, CASED, IGNORABLE, LOWER, DECOMPOSES, COMBINING, DECIMAL = (1 << i for i in range(8))


def final(text):
    """Whether the last capital sigma of text becomes the final one."""
    return "\N{GREEK SMALL LETTER FINAL SIGMA}" in text.lower()


def flags(c):
    sigma = "\N{GREEK CAPITAL LETTER SIGMA}"
    f = 0
    if c.isalnum():
        f |= WORD
    if c.isspace():
        f |= SPACE
    cased = final(c + sigma) if c != sigma else True
    if cased:
        f |= CASED
    elif final("A" + c + sigma):
        f |= IGNORABLE
    if c.lower() != c:
        f |= LOWER
    if unicodedata.normalize("NFKD", c) != c:
        f |= DECOMPOSES
    if unicodedata.combining(c):
        f |= COMBINING
    if c.isdecimal():
        f |= DECIMAL
    return f


def main():
    if unicodedata.unidata_version != UNICODE:
        sys.exit(f"this Python has Unicode {unicodedata.unidata_version}, not {UNICODE}")
    numbers, blocks, seen = b"", b"", {}
    lower, ccc, entries, texts = b"", b"", b"", b""
    characters = ["\ufffd" if 0xD800 <= i < 0xE000 else chr(i) for i in range(0x110000)]
    for start in range(0, len(characters), BLOCK):
        block = bytes(flags(c) for c in characters[start : start + BLOCK])
        if block not in seen:
            seen[block] = len(seen)
            blocks += block
        numbers += struct.pack("<H", seen[block])
    previous = 0
    for i, c in enumerate(characters):
        if c.lower() != c and c != "\u0130":
            assert len(c.lower()) == 1
            lower += struct.pack("<II", i, ord(c.lower()))
        if unicodedata.combining(c) != previous:
            previous = unicodedata.combining(c)
            ccc += struct.pack("<II", i, previous)
        decomposed = unicodedata.normalize("NFKD", c)
        if decomposed != c and not 0xAC00 <= i < 0xD7A4:
            kept = "".join(x for x in decomposed if not unicodedata.combining(x)).encode()
            entries += struct.pack("<IHH", i, len(texts), len(kept))
            texts += kept
            assert len(texts) < 1 << 16
    sections = [numbers, blocks, lower, ccc, entries, texts]
    with open("tables.bin", "wb") as f:
        f.write(struct.pack(f"<{len(sections)}I", *map(len, sections)))
        f.write(b"".join(sections))


main()
