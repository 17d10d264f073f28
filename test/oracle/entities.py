"""Writes the table of HTML's named character references that package clean embeds, from Python's own.

go generate ./model/clean runs this; a test compares the result with what is committed.
"""
import sys
from html.entities import html5

sys.stdout.reconfigure(encoding="ascii", newline="\n")
print("# HTML's named character references: name, tab, code points in hexadecimal; sorted by the name's bytes.")
print("# Source: html.entities.html5 of CPython (html.spec.whatwg.org/entities.json). Written by test/oracle/entities.py.")
for name in sorted(html5):
    print(name, " ".join("%X" % ord(c) for c in html5[name]), sep="\t")
