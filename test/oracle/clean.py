"""Cleans comments with the original's steps, written with the Python functions that the original called.

Standard input and output: JSON strings, one a line.
"""
import html
import json
import re
import sys

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)


def decode(text):
    try:
        raw = text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return text
    for encoding in "utf-8", "cp1252":
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            pass
    return text


def clean(text):
    text = html.unescape(decode(text))
    for pattern, by in (
        (r"\r\n", " "),
        (r"\r", " "),
        (r"&gt;", " > "),
        (r"&lt;", " < "),
        (r"--", " - "),
        (r"<[uU]\+([a-zA-Z0-9]+)>", r" U\1 "),
        (r"\[(.*)\]\((.*)\)", " \1 \2 "),
    ):
        text = re.sub(pattern, by, text)
    return text.replace("\\", "")


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(clean(json.loads(line))))
