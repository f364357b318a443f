"""Compile a built layer or function, run by the Python that its functions run on: `compiling.py FOLDER`.

What is compiled is never checked against its source, so a build gives the same bytes again. With `--without-sources` it
takes the place of its source: the layer is no larger then, and tracebacks name lines without showing them.
"""

import sys
from compileall import compile_dir
from pathlib import Path
from py_compile import PycInvalidationMode


def compiled(folder: Path, *, without_sources: bool) -> bool:
    """Whether all could be compiled."""
    mode = PycInvalidationMode.UNCHECKED_HASH
    done = compile_dir(folder, quiet=1, legacy=without_sources, stripdir=str(folder), invalidation_mode=mode)
    if without_sources:
        for source in folder.rglob("*.py"):
            if source.with_suffix(".pyc").exists():
                source.unlink()
    return bool(done)


if __name__ == "__main__":
    sys.exit(not compiled(Path(sys.argv[1]), without_sources="--without-sources" in sys.argv[2:]))
