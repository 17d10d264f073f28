// Package pattern finds regular expressions of Python's re module, with Python's meaning, in time that grows with the
// length of the text alone.
//
// What is found is what re.findall, re.finditer and re.sub find in a str: of the matches that begin first, the one that
// the expression prefers (the earlier alternative, the longer or with ? the shorter repetition), one after the other
// without overlaps, empty ones as in Python 3.7 and later. \w is what str.isalnum says and the underscore, \d the
// decimal digits, \s what str.isspace says, in Unicode 15.0 as in Python 3.12; with (?a) they are ASCII. (?i) compares
// as Python does, character by character. A byte that is not UTF-8 counts as U+FFFD.
//
// The syntax is Python's: classes, escapes, groups with and without a name, lazy repetitions, comments, the flags a, i,
// m, s, u and x at the start and i, m, s and x for a part. Refused is what cannot be found in linear time: look-ahead,
// look-behind, back-references, conditional and atomic groups, possessive repetitions; also \N{…}, and few things that
// Python itself does not do consistently: the flags a and u for a part, and with (?i) capitals beyond U+FFFF.
package pattern
