"""Python's zipfile and what PyPI has: each writes the tree in its modes. Arguments: TREE OUT."""

import datetime
import importlib.metadata
import io
import os
import platform
import shutil
import stat
import sys
import zipapp
import zipfile

root, out = sys.argv[1:]
TIME = (2026, 3, 14, 12, 0, 0)
WHEN = datetime.datetime(*TIME, tzinfo=datetime.timezone.utc)


def walk():
    """Name and content, in order; folders end in a slash and have none."""
    found = []
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(folder, name)
            short = os.path.relpath(path, root)
            if os.path.isdir(path):
                found.append((short + "/", None))
            else:
                with open(path, "rb") as file:
                    found.append((short, file.read()))
    return sorted(found, key=lambda it: it[0])


TREE = walk()
FILES = [it for it in TREE if it[1] is not None]


def list_(file, writer, version, mode, tree="whole"):
    print(file, writer, version, mode, tree, sep="\t")


class Pipe(io.RawIOBase):
    """What cannot be positioned."""

    def __init__(self, file):
        self.file = open(os.path.join(out, file), "wb")

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)

    def close(self):
        self.file.close()
        super().close()


def target(file):
    return os.path.join(out, file)


def pieces(data):
    return iter([data[:100], data[100:]] if data else [])


def fill(archive, info_type, method, force=False):
    for name, data in TREE:
        info = info_type(name, TIME)
        info.create_system = 3
        if data is None:
            info.external_attr = (stat.S_IFDIR | 0o755) << 16 | 0x10
            archive.writestr(info, b"")
            continue
        info.compress_type = method
        info.external_attr = (stat.S_IFREG | 0o640) << 16
        with archive.open(info, "w", force_zip64=force) as entry:
            for piece in pieces(data):
                entry.write(piece)


def standard_library():
    writer, version = "Python, zipfile", platform.python_version()
    for name, method in (("deflated", zipfile.ZIP_DEFLATED), ("stored", zipfile.ZIP_STORED)):
        for force in (False, True):
            for unseekable in (False, True):
                mode = (
                    name
                    + (", force_zip64" if force else "")
                    + (", to a pipe" if unseekable else "")
                )
                file = (
                    f"python-{name}{'-zip64' if force else ''}{'-pipe' if unseekable else ''}.zip"
                )
                with Pipe(file) if unseekable else open(target(file), "wb") as place:
                    with zipfile.ZipFile(place, "w") as archive:
                        archive.comment = b"a comment" if force else b""
                        fill(archive, zipfile.ZipInfo, method, force)
                list_(file, writer, version, mode)
    for strict in (True, False):
        file = f"python-write{'' if strict else '-ascii-strict'}.zip"
        with zipfile.ZipFile(target(file), "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in TREE:
                archive.write(os.path.join(root, name), "./" + name if not strict else name)
        list_(file, writer, version, "from files" if strict else "from files, ./ before the names")
    file = "python-appended.zip"
    shutil.copyfile(target("python-write.zip"), target(file))
    with zipfile.ZipFile(target(file), "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("more.txt", TIME), b"more\n")
    list_(file, writer, version, "appended to", "more")
    shutil.make_archive(target("python-make-archive"), "zip", root)
    list_("python-make-archive.zip", "Python, shutil.make_archive", version, "default")
    file = "python-command.zip"
    os.chdir(root)
    os.system(f'"{sys.executable}" -m zipfile -c "{target(file)}" *')
    list_(file, "Python, zipfile", version, "python3 -m zipfile -c")
    # An archive with a line before it, which its directory counts.
    file = "python-zipapp.pyz"
    source = os.path.join(os.path.dirname(root), "app")
    zipapp.create_archive(source, target(file), interpreter="/usr/bin/env python3", compressed=True)
    list_(file, "Python, zipapp", version, "with an interpreter's line", "app")


def version_of(package):
    return importlib.metadata.version(package)


def stream_zip():
    import stream_zip as module

    def members(method):
        for name, data in TREE:
            mode = stat.S_IFDIR | 0o755 if data is None else stat.S_IFREG | 0o640
            each = (
                method(len(data or b""), module) if data is not None else module.NO_COMPRESSION_32
            )
            yield name, WHEN, mode, each, pieces(data or b"")

    methods = {
        "ZIP_32": lambda size, it: it.ZIP_32,
        "ZIP_64": lambda size, it: it.ZIP_64,
        "ZIP_AUTO": lambda size, it: it.ZIP_AUTO(size),
        "NO_COMPRESSION_32": lambda size, it: it.NO_COMPRESSION_32,
        "NO_COMPRESSION_64": lambda size, it: it.NO_COMPRESSION_64,
    }
    for name, method in methods.items():
        file = f"stream-zip-{name.lower().replace('_', '-')}.zip"
        with open(target(file), "wb") as place:
            for piece in module.stream_zip(members(method)):
                place.write(piece)
        list_(file, "stream-zip", version_of("stream-zip"), name)


def zipstream_ng(module):
    for mode in ("deflated", "stored", "sized", "from a folder"):
        method = zipfile.ZIP_DEFLATED if mode == "deflated" else zipfile.ZIP_STORED
        sized = mode == "sized"
        if mode == "from a folder":
            stream = module.ZipStream.from_path(
                root, arcname="/", compress_type=zipfile.ZIP_DEFLATED
            )
        else:
            stream = module.ZipStream(compress_type=method, sized=sized)
            for name, data in TREE:
                if data is None:
                    stream.mkdir(name)
                else:
                    stream.add(data if sized else pieces(data), name)
            if mode == "stored":
                stream.comment = "a comment"
        file = f"zipstream-ng-{mode.replace(' ', '-')}.zip"
        with open(target(file), "wb") as place:
            place.writelines(stream)
        list_(file, "zipstream-ng", version_of("zipstream-ng"), mode)


def zipstream_new(module):
    for name, method in (("deflated", zipfile.ZIP_DEFLATED), ("stored", zipfile.ZIP_STORED)):
        for zip64 in (True, False):
            archive = module.ZipFile(mode="w", compression=method, allowZip64=zip64)
            for entry, data in FILES:
                archive.write_iter(entry, pieces(data), compress_type=method)
            file = f"zipstream-new-{name}{'-zip64' if zip64 else ''}.zip"
            with open(target(file), "wb") as place:
                place.writelines(archive)
            mode = name + (", allowZip64" if zip64 else "")
            list_(file, "zipstream-new", version_of("zipstream-new"), mode, "no-empty-folder")


def zipfly():
    import zipfly as module

    if hasattr(module, "ZipFly"):
        paths = [{"fs": os.path.join(root, name), "n": name} for name, _ in FILES]
        file = "zipfly.zip"
        with open(target(file), "wb") as place:
            for piece in module.ZipFly(paths=paths).generator():
                place.write(piece)
        list_(file, "zipfly", version_of("zipfly"), "default", "no-empty-folder")


def aiozipstream():
    from zipstream import ZipStream

    for method in ("deflate", None):
        files = [
            {"file": os.path.join(root, name), "name": name, "compression": method}
            for name, _ in FILES
        ]
        file = f"aiozipstream-{method or 'stored'}.zip"
        with open(target(file), "wb") as place:
            place.writelines(ZipStream(files, chunksize=100).stream())
        list_(
            file, "aiozipstream", version_of("aiozipstream"), method or "stored", "no-empty-folder"
        )


def pyzipper():
    import pyzipper as module

    file = "pyzipper.zip"
    with module.ZipFile(target(file), "w", compression=module.ZIP_DEFLATED) as archive:
        for name, data in TREE:
            archive.writestr(name, data or b"")
    list_(file, "pyzipper", version_of("pyzipper"), "default")


def libarchive():
    import libarchive as module

    file = "libarchive-c.zip"
    here = os.getcwd()
    os.chdir(root)
    with module.file_writer(target(file), "zip") as archive:
        archive.add_files(*sorted(os.listdir(".")))
    os.chdir(here)
    version = f"{version_of('libarchive-c')} with {module.ffi.version_number()}"
    list_(file, "libarchive-c", version, "add_files")


WORKS = {
    "standard": [standard_library, stream_zip, zipfly, pyzipper, libarchive],
    "zipstream-ng": [lambda: zipstream_ng(__import__("zipstream.ng", fromlist=["ng"]))],
    "zipstream-new": [lambda: zipstream_new(__import__("zipstream"))],
    "aiozipstream": [aiozipstream],
}
for work in WORKS[os.environ.get("WRITERS", "standard")]:
    work()
