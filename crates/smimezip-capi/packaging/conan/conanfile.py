"""Conan 2 recipe for libsmimezip: packs the archive of the library that a release has for the platform.

    conan create crates/smimezip-capi/packaging/conan

A package without network takes the archives from a folder, with the environment's SMIMEZIP_DIST.
"""

import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.files import copy, get, unzip


class Smimezip(ConanFile):
    name = "smimezip"
    version = "0.1.0"
    license = "MIT OR Apache-2.0"
    url = "https://github.com/smimezip/smimezip"
    homepage = url
    description = "Opens and makes S/MIME encrypted split zip exports, in constant memory"
    topics = ("smime", "cms", "zip", "decrypt", "export")
    settings = "os", "arch"
    options = {"shared": [True, False]}
    default_options = {"shared": True}
    package_type = "library"

    def _archive(self):
        """The archive's name, or None where there is none for these settings."""
        systems = {"Linux": "linux", "Windows": "windows", "Macos": "osx"}
        processors = {"x86_64": "x86_64", "armv8": "aarch64"}
        system = systems.get(str(self.settings.os))
        processor = processors.get(str(self.settings.arch))
        if not system or not processor or (system, processor) == ("windows", "aarch64"):
            return None
        suffix = "zip" if system == "windows" else "tar.gz"
        return f"libsmimezip-{self.version}-{system}-{processor}.{suffix}"

    def validate(self):
        if not self._archive():
            raise ConanInvalidConfiguration("there is no archive for this platform")

    def build(self):
        archive = self._archive()
        folder = os.environ.get("SMIMEZIP_DIST")
        if folder:
            unzip(self, os.path.join(folder, archive), strip_root=True)
        else:
            get(self, f"{self.url}/releases/download/v{self.version}/{archive}", strip_root=True)

    def package(self):
        copy(self, "*", os.path.join(self.build_folder, "include"), os.path.join(self.package_folder, "include"))
        copy(self, "LICENSE-*", os.path.join(self.build_folder, "share/doc/smimezip"),
             os.path.join(self.package_folder, "licenses"))
        patterns = ["*.so*", "*.dylib", "*.dll", "*.dll.a"] if self.options.shared else ["libsmimezip.a"]
        for pattern in patterns:
            for part in ("lib", "bin"):
                copy(self, pattern, os.path.join(self.build_folder, part), os.path.join(self.package_folder, part))

    def package_info(self):
        self.cpp_info.libs = ["smimezip"]
        self.cpp_info.set_property("cmake_file_name", "smimezip")
        self.cpp_info.set_property("pkg_config_name", "smimezip")
        target = "smimezip::smimezip" if self.options.shared else "smimezip::static"
        self.cpp_info.set_property("cmake_target_name", target)
        if not self.options.shared:
            self.cpp_info.defines = ["SMZ_STATIC"]
            self.cpp_info.system_libs = {
                "Linux": ["util", "rt", "pthread", "m", "dl"],
                "Windows": ["kernel32", "ntdll", "userenv", "ws2_32", "dbghelp"],
            }.get(str(self.settings.os), [])
