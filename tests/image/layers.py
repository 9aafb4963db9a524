"""The files of an image."""

import functools
import gzip
import io
import posixpath
import tarfile


class Layers:
    """The layers of an image: what a later one has replaces that of the same path in an earlier one."""

    def __init__(self, tars):
        """Takes the bytes of each layer's tar file, in order."""
        self._tars = tars

    @functools.cached_property
    def _places(self):
        places = {}
        for tar in self._tars:
            archive = tarfile.open(fileobj=io.BytesIO(tar))
            places |= {posixpath.normpath(f"/{member.name}"): (archive, member) for member in archive}
        places.pop("/", None)
        return places

    @property
    def members(self):
        """Everything in the image, by absolute path."""
        return {path: member for path, (_, member) in self._places.items()}

    def content(self, path):
        """The bytes of a file; a link to one in the same layer is followed."""
        archive, member = self._places[path]
        return archive.extractfile(member).read()

    def size(self):
        return sum(map(len, self._tars))

    def compressed_size(self):
        return sum(len(gzip.compress(tar, 6)) for tar in self._tars)
