"""Programs in one line, as bundlers leave them, and source maps of them: without columns, and of another build."""

import json
import os
import re

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
ALL = "function all(rounds, held) { for (const program of [words, cache, graph, pages]) program(rounds, held); }"


def vlq(number):
    number = -number * 2 + 1 if number < 0 else number * 2
    digits = ""
    while True:
        number, digit = number >> 5, number & 31
        digits += DIGITS[digit | (32 if number else 0)]
        if not number:
            return digits


def in_one_line(source):
    """The program in one line, and the place in the source of each word and sign: column, line and column there."""
    text, places = "", []
    for number, line in enumerate(source.splitlines()):
        if re.match(r"\s*(//|/\*\*)", line) or not line.strip():
            continue
        for found in re.finditer(r"\w+|\S", line):
            places.append((len(text) + found.start() - (len(line) - len(line.lstrip())), number, found.start()))
        text += line.strip() + " "
    return text, places


def source_map(text, places):
    segments, before = [], (0, 0, 0)
    for column, line, at in places:
        segments.append(vlq(column - before[0]) + "A" + vlq(line - before[1]) + vlq(at - before[2]))
        before = (column, line, at)
    return json.dumps({"version": 3, "file": "sound.min.cjs", "sources": ["sound.cjs"], "sourcesContent": [text], "names": [], "mappings": ",".join(segments)})


def write(source, folder):
    """Writes the program and a folder for each map; of one that is of another build the source has three lines more."""
    source = source.replace("\nmodule.exports = {", f"\n{ALL}\n\nmodule.exports = {{ all,")
    text, places = in_one_line(source)
    other = source.replace('"use strict";\n', '"use strict";\n\nconst os = require("node:os");\nconst path = require("node:path");\n')
    maps = {
        "maps-columns": source_map(source, places[:1]),
        "maps-other": source_map(other, places),
    }
    written = {"sound.min.cjs": text, **{os.path.join(name, "sound.min.cjs.map"): content for name, content in maps.items()}}
    for name, content in written.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
