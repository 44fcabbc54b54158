# Packs the archive of libsmimezip that a release has for the platform; SHA512SUMS has the sums of its archives.
if(VCPKG_TARGET_IS_MINGW)
    set(platform windows)
    set(suffix zip)
    # Rust links MinGW-w64's msvcrt.dll, which every Windows has.
    set(VCPKG_POLICY_ALLOW_OBSOLETE_MSVCRT enabled)
elseif(VCPKG_TARGET_IS_OSX)
    set(platform osx)
    set(suffix tar.gz)
else()
    set(platform linux)
    set(suffix tar.gz)
endif()
if(VCPKG_TARGET_ARCHITECTURE STREQUAL "arm64")
    string(APPEND platform "-aarch64")
else()
    string(APPEND platform "-x86_64")
endif()
# Triplets say nothing of the C library but in their names.
if(VCPKG_TARGET_IS_LINUX AND TARGET_TRIPLET MATCHES "musl")
    string(APPEND platform "-musl")
endif()

set(name "libsmimezip-${VERSION}-${platform}.${suffix}")
file(STRINGS "${CURRENT_PORT_DIR}/SHA512SUMS" sum REGEX "  ${name}$")
if(NOT sum)
    message(FATAL_ERROR "There is no ${name} in SHA512SUMS of this port.")
endif()
string(SUBSTRING "${sum}" 0 128 sum)
vcpkg_download_distfile(archive
    URLS "https://github.com/smimezip/smimezip/releases/download/v${VERSION}/${name}"
    FILENAME "${name}"
    SHA512 "${sum}"
)
vcpkg_extract_source_archive(unpacked ARCHIVE "${archive}")

if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
    set(left_out PATTERN "*.so*" EXCLUDE PATTERN "*.dylib" EXCLUDE PATTERN "*.dll.a" EXCLUDE)
else()
    set(left_out PATTERN "libsmimezip.a" EXCLUDE)
endif()
# What is built for debugging links the same library: there is one build, and its interface is C's.
set(prefixes "${CURRENT_PACKAGES_DIR}")
if(NOT VCPKG_BUILD_TYPE)
    list(APPEND prefixes "${CURRENT_PACKAGES_DIR}/debug")
endif()
foreach(prefix IN LISTS prefixes)
    file(COPY "${unpacked}/lib" DESTINATION "${prefix}" ${left_out})
    if(VCPKG_TARGET_IS_MINGW AND NOT VCPKG_LIBRARY_LINKAGE STREQUAL "static")
        file(COPY "${unpacked}/bin" DESTINATION "${prefix}")
    endif()
endforeach()
file(COPY "${unpacked}/include" DESTINATION "${CURRENT_PACKAGES_DIR}")

vcpkg_cmake_config_fixup(CONFIG_PATH lib/cmake/smimezip)
# It finds the rest from where it is, which is a folder nearer now.
vcpkg_replace_string("${CURRENT_PACKAGES_DIR}/share/${PORT}/smimezipConfig.cmake" [[/../../.."]] [[/../.."]])
vcpkg_fixup_pkgconfig()

file(INSTALL "${CURRENT_PORT_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(
    COMMENT "Either of these licences may be chosen."
    FILE_LIST "${unpacked}/share/doc/smimezip/LICENSE-MIT" "${unpacked}/share/doc/smimezip/LICENSE-APACHE"
)
