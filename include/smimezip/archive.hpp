/**
 * @file smimezip/archive.hpp
 * An export unlocked: its entries, and what is done with all of them.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_ARCHIVE_HPP
#define SMIMEZIP_ARCHIVE_HPP

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "entry.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "report.hpp"
#include "set.hpp"
#include "views.hpp"

namespace smz {

/** An export unlocked. `for (auto entry : archive)` goes through its entries. */
class archive {
    oddity get_oddity(std::uint64_t index) const {
        return oddity(detail::at_index(smz_archive_get_oddity, live(), "oddity", index));
    }

public:
    using oddity_list = detail::list<archive, oddity, &archive::get_oddity>;

    archive(const set &of, const keyring &keys, const options &with = options()) {
        smz_archive *out = nullptr;
        detail::call_with(with, keys, [&](smz_error **e) {
            return smz_archive_open(of.live(), keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    explicit archive(smz_archive *handle) : handle_(handle) {}
    /** How many entries there are. */
    std::uint64_t size() const noexcept { return smz_archive_entry_count(get()); }
    bool empty() const noexcept { return size() == 0; }
    /** SMZ_INTEGRITY_..., that of the weakest part. */
    std::int32_t integrity() const noexcept { return smz_archive_integrity(get()); }
    /** An entry; SMZ_ERR_NOT_FOUND for an index that is too large. */
    entry operator[](std::uint64_t index) const {
        return entry(detail::at_index(smz_archive_get_entry, live(), "entry", index), index);
    }

    using iterator = detail::iterator<archive, entry, &archive::operator[]>;
    iterator begin() const {
        (void)live();
        return {this, 0};
    }
    iterator end() const { return {this, size()}; }

    /** Deviations from the standard in its directory that were accepted. */
    oddity_list oddities() const {
        (void)live();
        return {this, smz_archive_oddity_count(get())};
    }
    /** The entry of exactly this name, if there is one. */
    std::optional<entry> find(std::string_view name) const {
        try {
            return at(name);
        } catch (const error &error) {
            if (error.status() != SMZ_ERR_NOT_FOUND) {
                throw;
            }
            return std::nullopt;
        }
    }
    /** The entry of exactly this name; SMZ_ERR_NOT_FOUND if there is none. */
    entry at(std::string_view name) const {
        const std::string text = detail::text(name);
        std::uint64_t index = 0;
        detail::call([&](smz_error **e) {
            return smz_archive_find(live(), text.c_str(), &index, e);
        });
        return (*this)[index];
    }
    /** The parts that are missing, where SMZ_OPTION_INCOMPLETE or smz::salvage allowed that. */
    std::vector<std::string> missing() const {
        std::vector<std::string> all;
        const std::uint64_t count = smz_archive_missing_part_count(live());
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_archive_missing_part(live(), at));
        }
        return all;
    }
    /** Of the parts that an entry is in, those that are missing: what is to be downloaded to read
     * it. */
    std::vector<std::string> missing(const entry &of) const {
        std::vector<std::string> all;
        const std::uint64_t count = smz_archive_entry_missing_count(live(), of.index());
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_archive_entry_missing(live(), of.index(), at));
        }
        return all;
    }
    /** Whether an entry can be read by the parts that are there. */
    bool is_available(const entry &of) const {
        return smz_archive_entry_missing_count(live(), of.index()) == 0;
    }
    /** The names of the parts that the directory is in, which whoever wants any entry needs. */
    std::vector<std::string> parts_of_directory() const {
        std::vector<std::string> all;
        const std::uint64_t count = smz_archive_directory_part_count(live());
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_archive_directory_part(live(), at));
        }
        return all;
    }
    /** The names of the parts that an entry is in: those that are needed to read it. */
    std::vector<std::string> parts(const entry &of) const {
        std::vector<std::string> all;
        const std::uint64_t count = smz_archive_entry_part_count(live(), of.index());
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_archive_entry_part(live(), of.index(), at));
        }
        return all;
    }
    /** One entry to be read. */
    reader open(const entry &of) const {
        smz_reader *out = nullptr;
        detail::call([&](smz_error **e) {
            return smz_archive_open_entry(live(), of.index(), &out, e);
        });
        return reader(out);
    }
    /** Extracts one entry below a directory. */
    void extract_entry(const entry &of, const std::filesystem::path &directory,
                       const options &with = options()) const {
        const std::string text = detail::path_text(directory);
        detail::call_with(with, [&](smz_error **e) {
            return smz_archive_extract_entry(live(), of.index(), text.c_str(), with.live(), e);
        });
    }
    /** Extracts all that the options ask for. */
    report extract(const std::filesystem::path &directory, const options &with = options()) const {
        const std::string text = detail::path_text(directory);
        return detail::reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_extract(live(), text.c_str(), with.live(), out, e);
        });
    }
    /** Makes the checks of extract() that need no decompression, and writes nothing. */
    report dry_run(const std::filesystem::path &directory, const options &with = options()) const {
        const std::string text = detail::path_text(directory);
        return detail::reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_dry_run(live(), text.c_str(), with.live(), out, e);
        });
    }
    /** Makes every check and writes nothing. */
    report verify(const options &with = options()) const {
        return detail::reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_verify(live(), with.live(), out, e);
        });
    }
    /** NULL if it was moved from. */
    smz_archive *get() const noexcept { return handle_.get(); }

private:
    smz_archive *live() const { return detail::live(handle_, "smz::archive"); }

    detail::handle<smz_archive, smz_archive_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_ARCHIVE_HPP */
