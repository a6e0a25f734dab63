"""Reading an organization file: its documents, its pictures, and every mistake as one line that says where."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from gridhall.contract.orgfile import Mistake, OrgDocument
from gridhall.contract.orgfile import Path as Place
from gridhall.domain.imaging import MAX_BYTES
from gridhall.domain.orgfile.check import check

Pictures = tuple[str, dict[str, bytes]]
"""The hash that names an upload, and its PNG files by size."""


class OrgFileError(Exception):
    """The file cannot be loaded. The message is one line: the file, the line in it, and what is wrong there."""


class OrgFile:
    """A file that was read.

    Arguments:
        path: the file.
        documents: what it says.
        line_of: tells the line on which it says something.
    """

    def __init__(self, path: Path, documents: list[OrgDocument], line_of: Callable[[Place], int]) -> None:
        self.path = path
        self.documents = documents
        self._line_of = line_of

    def locate(self, mistake: Mistake) -> OrgFileError:
        """The mistake, with the file and the line of what it is about, or of the nearest thing around it."""
        return OrgFileError(f"{self.path}:{self._line_of(mistake.path)}: {mistake}")

    def check(self) -> None:
        """Look for what only the whole file can tell.

        Raises:
            OrgFileError: the first mistake.
        """
        try:
            for place, name in self._photo_names():
                _photo_path(self.path, place, name)
            check(self.documents)
        except Mistake as mistake:
            raise self.locate(mistake) from None

    def photos(self, render: Callable[[bytes], Pictures]) -> dict[str, Pictures]:
        """The pictures that people's `photo` names, by their path in the file. Slow: do it before the unit of work.

        Arguments:
            render: makes pictures of an upload; raises where it is none.

        Raises:
            OrgFileError: a picture is not there, lies outside the file's folder, or cannot be rendered.
        """
        photos: dict[str, Pictures] = {}
        for place, name in self._photo_names():
            if name in photos:
                continue
            try:
                photos[name] = render(_photo_path(self.path, place, name).read_bytes())
            except Mistake as mistake:
                raise self.locate(mistake) from None
            except Exception as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                raise self.locate(Mistake(place, f"the picture cannot be used: {reason}")) from error
        return photos

    def _photo_names(self) -> Iterator[tuple[Place, str]]:
        for number, document in enumerate(self.documents):
            for position, user in enumerate(document.users):
                if user.photo is not None:
                    yield (number, "users", position, "photo"), user.photo


def read(path: Path) -> OrgFile:
    """Read a file and check all of it.

    Raises:
        OrgFileError: the first mistake.
    """
    # PyYAML is imported with it: a server that reads no file should not wait for it at start.
    from gridhall.cli.orgfile.yaml import YamlMistake, compose, convert, line_of

    text = _text(path)
    with _collector_paused():
        try:
            roots = compose(text)
            documents = [convert(root, number) for number, root in enumerate(roots)]
        except YamlMistake as mistake:
            raise OrgFileError(f"{path}:{mistake.line}: {mistake.message}") from None
        file = OrgFile(path, documents, partial(line_of, roots))
        file.check()
    return file


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python's collector off what all stays: searching it again and again takes five times as long as reading it."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OrgFileError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise OrgFileError(f"{path}:{line}: is not UTF-8") from None


def _photo_path(file: Path, place: Place, name: str) -> Path:
    folder = file.parent.resolve()
    photo = (folder / name).resolve()
    if Path(name).is_absolute() or not photo.is_relative_to(folder):
        raise Mistake(place, "must be a path below the file's own folder")
    if not photo.is_file():
        raise Mistake(place, f"there is no picture {name}")
    if photo.stat().st_size > MAX_BYTES:
        raise Mistake(place, f"the picture is larger than {MAX_BYTES} bytes")
    return photo
