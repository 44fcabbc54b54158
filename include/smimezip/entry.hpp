/**
 * @file smimezip/entry.hpp
 * What an archive says of an entry, and where it departs from the standard.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_ENTRY_HPP
#define SMIMEZIP_ENTRY_HPP

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "../smimezip.h"
#include "views.hpp"

namespace smz {

/** One entry of an archive. Its texts live as long as the archive; in a filter, until that
 * returns. */
class entry {
public:
    entry(const smz_entry &of, std::uint64_t index) noexcept : of_(of), index_(index) {}
    /** Its position in the archive's directory; SMZ_UNKNOWN in a filter. */
    std::uint64_t index() const noexcept { return index_; }
    /** As the archive has it, and **not checked**: never open a file by it. */
    std::string_view name() const noexcept { return {of_.name, of_.name_len}; }
    /** The relative path in UTF-8 that the name stands for, if it is safe on every platform. */
    std::optional<std::string_view> path() const { return detail::maybe(of_.path); }
    /** SMZ_ENTRY_... */
    std::int32_t kind() const noexcept { return of_.kind; }
    bool is_file() const noexcept { return of_.kind == SMZ_ENTRY_FILE; }
    bool is_folder() const noexcept { return of_.kind == SMZ_ENTRY_FOLDER; }
    /** Bytes, decompressed. */
    std::uint64_t size() const noexcept { return of_.size; }
    std::uint64_t compressed_size() const noexcept { return of_.compressed_size; }
    std::uint32_t crc32() const noexcept { return of_.crc32; }
    /** APPNOTE 4.4.5: 0 is stored, 8 is deflate. */
    std::int32_t compression_method() const noexcept { return of_.compression_method; }
    /** Whether the library can decompress it. */
    bool is_supported() const noexcept { return of_.is_supported != 0; }
    /** Unix permission bits. */
    std::optional<std::uint32_t> permissions() const {
        if (of_.permissions < 0) {
            return std::nullopt;
        }
        return static_cast<std::uint32_t>(of_.permissions);
    }
    /** When it was modified; of the wall clock if modified_is_local(). */
    std::optional<std::chrono::system_clock::time_point> modified() const {
        return detail::time(of_.modified, of_.modified_nanoseconds);
    }
    /** Whether modified() has no time zone. */
    bool modified_is_local() const noexcept { return of_.modified_is_local != 0; }
    /** All of it as smimezip.h has it. */
    const smz_entry &raw() const noexcept { return of_; }

private:
    smz_entry of_;
    std::uint64_t index_;
};

/** A deviation from the standard that was accepted. Texts live as long as what it comes from. */
class oddity {
public:
    explicit oddity(const smz_oddity &of) noexcept : of_(of) {}
    /** Which kind, for programs: "trailing-zeros". */
    std::string_view code() const noexcept { return of_.code; }
    /** One sentence for a person. */
    std::string_view message() const noexcept { return of_.message; }
    /** How often it was met. */
    std::uint64_t count() const noexcept { return of_.count; }
    /** The first entry that has it, unless it is the archive's own. */
    std::optional<std::string_view> entry() const { return detail::maybe(of_.entry); }

private:
    smz_oddity of_;
};

} // namespace smz

#endif /* SMIMEZIP_ENTRY_HPP */
