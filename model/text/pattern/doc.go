// Package pattern matches regular expressions of Python's re module, with Python's semantics, in time linear in the
// length of the text.
//
// The matches are those of re.findall, re.finditer and re.sub in a str. Of the matches that begin first, the one that
// the expression prefers is found: the earlier alternative, the longer repetition, or the shorter one with ?. Matches
// do not overlap, and empty ones are found as in Python 3.7 and later. \w is the characters of str.isalnum and the
// underscore, \d the decimal digits, and \s the characters of str.isspace, in Unicode 15.0 as in Python 3.12. With (?a)
// they are ASCII only. (?i) compares as Python does, character by character. A byte that is not UTF-8 counts as U+FFFD.
//
// The syntax is Python's: classes, escapes, groups with and without a name, lazy repetitions, comments, the flags a, i,
// m, s, u and x at the start, and i, m, s and x for a part. Constructs that cannot be matched in linear time are
// refused: look-ahead, look-behind, back-references, conditional and atomic groups, and possessive repetitions. Also
// refused are \N{…}, and what Python itself does inconsistently: the flags a and u for a part, and capitals beyond
// U+FFFF with (?i).
package pattern
