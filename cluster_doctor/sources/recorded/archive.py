"""Reads tar and zip archives into memory: nothing is ever written to disk.

An archive is as strange as whoever sent it. Names that lead out of it, devices, encryption and anything that
expands beyond all bounds are refused; links are left out, because what they lead to is either in the archive
anyway or none of its business.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

from cluster_doctor.domain.errors import UnreadableInput
from cluster_doctor.sources.recorded.contents import LOG_TAIL, MOST_BYTES, MOST_FILES, MOST_TOTAL, Contents, read_file

MOST_EXPANDED = MOST_TOTAL
"""Bytes that an archive may expand to; what is not kept counts too."""
MOST_RATIO = 300
"""How many times its size an archive may expand to. Logs reach fifty."""
SURELY_HARMLESS = 32 * 1024 * 1024
"""Bytes below which the ratio does not matter."""
MOST_DIRECTORY = 32 * 1024 * 1024
_MOST_NAME = 64 * 1024
_CHUNK = 1 << 18
_KEPT = (".yaml", ".yml", ".json", ".log", ".txt", ".csv", ".md")
_PACKED = (".gz", ".tgz", ".tar", ".zip", ".xz", ".bz2", ".zst", ".7z")
_DISTRUST = "Do not trust its origin."
_AGAIN = "Was it cut off on its way? Send it again."

_OPENERS = ((b"\x1f\x8b", gzip.open), (b"\xfd7zXZ\x00", lzma.open), (b"BZh", bz2.open))


def is_packed(start: bytes) -> bool:
    """Tell an archive or a compressed file by its first 512 bytes."""
    return (
        start.startswith((b"PK\x03\x04", b"PK\x05\x06", *(magic for magic, _ in _OPENERS)))
        or start[257:262] == b"ustar"
    )


def unpack(content: Path | bytes, place: str) -> Contents | bytes:
    """Read an archive into memory, or a single compressed file.

    Args:
        content: the archive or where it is.
        place: what to call it in errors.

    Raises:
        UnreadableInput: it is damaged, encrypted, hostile or too large.
    """
    raw = content if isinstance(content, bytes) else read_file(content)
    try:
        if raw.startswith(b"PK"):
            return _unzip(raw, place)
        stream = _Bounded(_expanded(raw), place, len(raw))
        head = stream.peek()
        if head[257:262] == b"ustar" or _is_old_tar(head):
            return _untar(stream, place)
        return stream.rest()
    except (
        tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, EOFError, struct.error, OSError
    ) as error:  # fmt: skip
        raise UnreadableInput(f"{place} is a damaged {_packing(raw)}: {error}", _AGAIN) from error
    except (NotImplementedError, RuntimeError, ValueError) as error:
        # zipfile: a compression that this Python lacks, a password, a name that no encoding reads
        raise UnreadableInput(f"{place} cannot be unpacked here: {error}", "Unpack it, and name the folder.") from error


def _packing(raw: bytes) -> str:
    names = ((b"PK", "zip archive"), (b"\x1f\x8b", "gzip file"), (b"\xfd7z", "xz file"), (b"BZh", "bzip2 file"))
    return next((name for magic, name in names if raw.startswith(magic)), "tar archive")


@dataclass
class _Kept:
    """What has been read so far, within its bounds; packed again, because most of it repeats itself."""

    place: str
    files: dict[str, bytes] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0
    latest: float = 0.0

    def add(self, name: str, parts: Iterator[bytes]) -> None:
        """Keep a file; of a log its end."""
        content = bytearray()
        for part in parts:
            content += part
            if name.endswith(".log") and len(content) > 2 * LOG_TAIL:
                del content[:-LOG_TAIL]
            if len(content) > MOST_BYTES:
                raise self._too_large(MOST_BYTES)
        kept = bytes(content[-LOG_TAIL:] if name.endswith(".log") else content)
        packed = zlib.compress(kept, 1)
        self.size += len(packed)
        if self.size > MOST_BYTES:
            raise self._too_large(MOST_TOTAL)
        self.files[name], self.sizes[name] = packed, len(kept)

    def _too_large(self, most: int) -> UnreadableInput:
        return UnreadableInput(
            f"{self.place} holds more than {most} bytes to read", "Unpack it, and name the part that matters."
        )

    def contents(self) -> Contents:
        """All of it."""
        files = self.files
        if not files and any(name.endswith(_PACKED) for name, _ in self.left_out):
            raise UnreadableInput(
                f"{self.place} holds other archives and nothing else", "Unpack it, and name one of them."
            )
        return Contents(
            place=self.place,
            sizes=self.sizes,
            read=lambda name, end=None, /: zlib.decompress(files[name])[-end if end else None :],
            left_out=tuple(self.left_out),
            written_at=datetime.fromtimestamp(self.latest, UTC) if 0 < self.latest < 2**33 else None,
        )


class _Bounded(io.RawIOBase):
    """Counts what comes out of a compressed stream, and ends it where it becomes absurd."""

    def __init__(self, stream: BinaryIO, place: str, packed: int) -> None:
        self._stream = stream
        self._place = place
        self._limit = min(MOST_EXPANDED, max(SURELY_HARMLESS, packed * MOST_RATIO))
        self._seen = 0
        self._ahead = b""
        self._last = b""

    def peek(self) -> bytes:
        """The first block."""
        while len(self._ahead) < 512:
            part = self._take(512 - len(self._ahead))
            if not part:
                break
            self._ahead += part
        return self._ahead

    def read(self, size: int = -1) -> bytes:
        """Read on; tarfile asks for blocks."""
        if self._ahead:
            part, self._ahead = self._ahead[:size], self._ahead[size:]
            return part
        return self._take(min(size, _CHUNK) if size >= 0 else _CHUNK)

    def rest(self) -> bytes:
        """All that is left, for a file that is no archive."""
        parts = [self._ahead]
        size = len(self._ahead)
        while part := self._take(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise UnreadableInput(f"{self._place} expands to more than {MOST_BYTES} bytes", _DISTRUST)
        return b"".join(parts)

    def ends_in_zeros(self) -> bool:
        """Tell whether the last block is empty, as that of every tar archive is."""
        while self._take(_CHUNK):
            pass
        return not any(self._last)

    def _take(self, size: int) -> bytes:
        part = self._stream.read(size)
        self._seen += len(part)
        self._last = (self._last + part)[-512:]
        if self._seen > self._limit:
            raise UnreadableInput(
                f"{self._place} expands to more than {self._limit} bytes: that is a decompression bomb", _DISTRUST
            )
        return part


def _expanded(raw: bytes) -> BinaryIO:
    source = io.BytesIO(raw)
    for magic, opener in _OPENERS:
        if raw.startswith(magic):
            return cast("BinaryIO", opener(source))
    return source


def _is_old_tar(head: bytes) -> bool:
    """Tell tar's oldest form, which has no magic, by the checksum of its first header."""
    if len(head) < 512 or not head[0]:
        return False
    try:
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape").name != ""
    except tarfile.HeaderError:
        return False


class _ModestHeader(tarfile.TarInfo):
    """A header whose extensions are of a sane size: tarfile reads them at once."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _ModestHeader:
        """Parse a header."""
        header = super().frombuf(buf, encoding, errors)
        if header.type in {b"x", b"g", b"X", b"L", b"K"} and header.size > _MOST_NAME:
            raise UnreadableInput(f"an archive has a name or attribute of {header.size} bytes", _DISTRUST)
        return header


def _untar(stream: _Bounded, place: str) -> Contents:
    kept = _Kept(place)
    with tarfile.open(fileobj=cast("BinaryIO", stream), mode="r|", tarinfo=_ModestHeader, errorlevel=2) as archive:
        for count, member in enumerate(archive):
            _check_count(count, place)
            name = _checked(member.name, place)
            if member.isdir():
                continue
            if member.issym() or member.islnk():
                _check_link(name, member, place)
                kept.left_out.append((name, "a link"))
            elif not member.isreg() or member.issparse():
                raise UnreadableInput(f"{place} holds {name!a}, which is no regular file", _DISTRUST)
            elif _matters(name):
                kept.latest = max(kept.latest, float(member.mtime))
                file = archive.extractfile(member)
                kept.add(name, _chunks(cast("BinaryIO", file), member.size))
            else:
                kept.left_out.append((name, "not text"))
    if not stream.ends_in_zeros():
        raise EOFError("its end is missing")
    return kept.contents()


def _chunks(file: BinaryIO, size: int | None = None) -> Iterator[bytes]:
    seen = 0
    while part := file.read(_CHUNK):
        seen += len(part)
        yield part
    if size is not None and seen != size:
        raise EOFError("a file in it ends too early")


def _unzip(raw: bytes, place: str) -> Contents:
    _check_directory(raw, place)
    kept = _Kept(place)
    limit = min(MOST_EXPANDED, max(SURELY_HARMLESS, len(raw) * MOST_RATIO))
    seen = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for count, member in enumerate(archive.infolist()):
            _check_count(count, place)
            name = _checked(member.filename, place)
            mode = member.external_attr >> 16
            if member.flag_bits & 1:
                raise UnreadableInput(f"{place} is encrypted", "Decrypt it first.")
            if stat.S_ISLNK(mode):
                kept.left_out.append((name, "a link"))
            elif mode and stat.S_IFMT(mode) not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise UnreadableInput(f"{place} holds {name!a}, which is no regular file", _DISTRUST)
            elif not member.is_dir() and _matters(name):
                seen += member.file_size
                if seen > limit:
                    raise UnreadableInput(
                        f"{place} expands to more than {limit} bytes: that is a decompression bomb", _DISTRUST
                    )
                kept.latest = max(kept.latest, _zip_time(member))
                with archive.open(member) as file:
                    kept.add(name, _chunks(cast("BinaryIO", file)))
            elif not member.is_dir():
                kept.left_out.append((name, "not text"))
    return kept.contents()


def _check_directory(raw: bytes, place: str) -> None:
    """Refuse a directory that would fill the memory before the first file is read."""
    at = raw.rfind(b"PK\x05\x06", max(0, len(raw) - 66_000))
    if at < 0 or len(raw) < at + 22:
        raise UnreadableInput(f"{place} is a damaged archive: its directory is missing", _AGAIN)
    entries, size = struct.unpack_from("<HL", raw, at + 10)
    if entries == 0xFFFF or size > MOST_DIRECTORY:
        raise UnreadableInput(
            f"{place} holds more than {MOST_FILES} files", "Unpack it, and name the part that matters."
        )


def _zip_time(member: zipfile.ZipInfo) -> float:
    try:
        return datetime(*member.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _matters(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.endswith(_KEPT) or "." not in last


def _check_count(count: int, place: str) -> None:
    if count > MOST_FILES:
        raise UnreadableInput(
            f"{place} holds more than {MOST_FILES} files", "Unpack it, and name the part that matters."
        )


def _checked(name: str, place: str) -> str:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in {"", "."}]
    if name.startswith(("/", "\\")) or ".." in parts or name[1:2] == ":" or "\x00" in name:
        raise UnreadableInput(f"{place} holds {name!a}, which leads out of the archive", _DISTRUST)
    return "/".join(parts)


def _check_link(name: str, member: tarfile.TarInfo, place: str) -> None:
    """Refuse links out of the archive; bundles link within themselves."""
    depth = 0 if member.islnk() else name.count("/")
    for part in member.linkname.split("/"):
        depth += -1 if part == ".." else 0 if part in {"", "."} else 1
        if depth < 0:
            break
    if depth < 0 or member.linkname.startswith(("/", "\\")):
        raise UnreadableInput(f"{place} holds {name!a}, a link out of the archive", _DISTRUST)
