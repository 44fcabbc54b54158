"""What other readers make of zip archives, in one process for many of them. For each path on standard
input, first by Python's zipfile and then by bsdtar's libarchive: the files' SHA-256 and names (in
hexadecimal digits) and "accepted", or "refused" if the reader reports an error anywhere."""
import ctypes
import hashlib
import sys
import zipfile

UNICODE_PATH = 0x7075
TYPE, FILE = 0o170000, 0o100000
OK, END = 0, 1


def fields(extra):
    while len(extra) >= 4:
        size = int.from_bytes(extra[2:4], "little")
        yield int.from_bytes(extra[:2], "little")
        extra = extra[4 + size:]


def by_zipfile(path):
    files = []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            # Before 3.13 it does not know this field, so that what it calls the file says nothing.
            if sys.version_info < (3, 13) and UNICODE_PATH in fields(info.extra):
                raise ValueError("a name that is not read")
            with archive.open(info) as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if not info.is_dir():
                files.append((digest, info.filename.encode("utf-8", "surrogateescape")))
    return files


library = ctypes.CDLL("libarchive.so.13")
library.archive_read_new.restype = ctypes.c_void_p
library.archive_entry_pathname.restype = ctypes.c_char_p
library.archive_read_data.restype = ctypes.c_ssize_t
buffer = ctypes.create_string_buffer(1 << 16)


def by_libarchive(path):
    archive = ctypes.c_void_p(library.archive_read_new())
    try:
        library.archive_read_support_filter_all(archive)
        library.archive_read_support_format_all(archive)
        if library.archive_read_open_filename(archive, path.encode(), ctypes.c_size_t(10240)) != OK:
            raise ValueError("open")
        return list(entries(archive))
    finally:
        library.archive_read_free(archive)


def entries(archive):
    entry = ctypes.c_void_p()
    while (status := library.archive_read_next_header(archive, ctypes.byref(entry))) != END:
        if status != OK:
            raise ValueError("header")
        digest = hashlib.sha256()
        while (size := library.archive_read_data(archive, buffer, ctypes.c_size_t(len(buffer)))) > 0:
            digest.update(buffer[:size])
        name = library.archive_entry_pathname(entry)
        if size < 0 or name is None:
            raise ValueError("data or name")
        if library.archive_entry_filetype(entry) & TYPE == FILE:
            yield digest.hexdigest(), name


for line in sys.stdin:
    for reader in (by_zipfile, by_libarchive):
        try:
            for digest, name in reader(line.rstrip("\n")):
                print(digest, name.hex())
            print("accepted")
        except Exception:
            print("refused")
    sys.stdout.flush()
