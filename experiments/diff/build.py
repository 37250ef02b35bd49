"""Lays the service out as an application with packages, as pnpm would."""

import os
import shutil

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = {"lru-lite": "lru-lite.cjs", "row-codec": "row-codec.cjs", "@tiny/view": "view.cjs"}
OLD = {"lru-lite": "1.4.2", "row-codec": "8.11.0", "@tiny/view": "3.0.1"}
NEW = {"lru-lite": "1.5.0", "row-codec": "8.12.3", "@tiny/view": "4.0.0"}


def build(folder, versions=OLD, moved=0, changes=()):
    """`moved`: lines that are put before all code; `changes`: (file, text, its replacement)."""
    def copy(source, target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(os.path.join(HERE, source), encoding="utf-8") as file:
            text = file.read()
        for name, old, new in changes:
            if name == source:
                assert old in text, old
                text = text.replace(old, new)
        with open(target, "w", encoding="utf-8") as file:
            file.write("// A line more.\n" * moved + text)

    shutil.rmtree(folder, ignore_errors=True)
    copy("capture.cjs", os.path.join(folder, "capture.cjs"))
    copy("service.cjs", os.path.join(folder, "service.cjs"))
    modules = os.path.join(folder, "node_modules")
    for name, source in PACKAGES.items():
        store = os.path.join(".pnpm", f"{name.replace('/', '+')}@{versions[name]}", "node_modules", name)
        copy(f"packages/{source}", os.path.join(modules, store, "index.js"))
        link = os.path.join(modules, name)
        os.makedirs(os.path.dirname(link), exist_ok=True)
        os.symlink(os.path.relpath(os.path.join(modules, store), os.path.dirname(link)), link)
    return os.path.join(folder, "service.cjs")
