"""Where a bench keeps its data meanwhile."""

import pathlib
import sys
import tempfile


def folder(bench, place):
    """A temporary folder, below the folder `place` if one is given; that is made if it is not there."""
    try:
        if place:
            pathlib.Path(place).mkdir(parents=True, exist_ok=True)
        return tempfile.TemporaryDirectory(prefix=f"tram-{bench}-", dir=place)
    except OSError as error:
        sys.exit(f"tests/bench/{bench}: no folder can be made in {place or tempfile.gettempdir()}: {error.strerror};"
                 " give --dir a folder that you may write to")
