"""Writes what a Python release knows about characters, for the pack compiler.

    python3.8 unicode.py > unicode-12.1.0.txt

Every fact is taken from the behaviour of str and re themselves, so that the file says what spaCy saw under that Python.
"""

import re
import sys
import unicodedata

POINTS = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def ranges(name, holds):
    low = None
    last = None
    for char in POINTS:
        if not holds(char):
            continue
        c = ord(char)
        if last is None or c != last + 1:
            if last is not None:
                print("%s %04X %04X" % (name, low, last))
            low = c
        last = c
    if last is not None:
        print("%s %04X %04X" % (name, low, last))


def before_final_sigma(char):
    return (char + "\u03a3").lower().endswith("\u03c2")


def ignorable(char):
    return not before_final_sigma(char) and ("A" + char + "\u03a3").lower().endswith("\u03c2")


word, digit = re.compile(r"\w").match, re.compile(r"\d").match
print("# Character properties as Python %d.%d has them (Unicode %s, Unicode licence).  Written by unicode.py."
      % (sys.version_info[0], sys.version_info[1], unicodedata.unidata_version))
print("version %s" % unicodedata.unidata_version)
ranges("space", str.isspace)
ranges("word", word)
ranges("digit", digit)
ranges("cased", before_final_sigma)
ranges("ignorable", ignorable)
for char in POINTS:
    if char.lower() != char and char != "\u03a3":
        print("lower %04X %s" % (ord(char), " ".join("%04X" % ord(c) for c in char.lower())))
