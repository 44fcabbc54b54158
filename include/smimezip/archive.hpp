/**
 * @file smimezip/archive.hpp
 * An export unlocked: its entries, and what is done with all of them.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_ARCHIVE_HPP
#define SMIMEZIP_ARCHIVE_HPP

#include <cstdint>
#include <string>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "reader.hpp"
#include "report.hpp"
#include "set.hpp"

namespace smz {

/** An export unlocked. */
class archive {
public:
    archive(const set &of, const keyring &keys, const options &with = options()) {
        smz_archive *out = nullptr;
        with.call([&](smz_error **e) {
            return smz_archive_open(of.live(), keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** How many entries there are. */
    std::uint64_t size() const noexcept { return smz_archive_entry_count(get()); }
    /** SMZ_INTEGRITY_..., that of the weakest part. */
    std::int32_t integrity() const noexcept { return smz_archive_integrity(get()); }
    /** An entry; its name, which is not checked, and its path, NULL if it is not safe, live as long as the
        archive. */
    smz_entry operator[](std::uint64_t index) const {
        auto entry = detail::sized<smz_entry>();
        detail::check_index(smz_archive_get_entry(live(), index, &entry), "entry", index);
        return entry;
    }
    /** How many kinds of deviations from the standard its directory has that were accepted. */
    std::uint64_t oddity_count() const noexcept { return smz_archive_oddity_count(get()); }
    /** One of them; texts live as long as the archive. */
    smz_oddity oddity(std::uint64_t index) const {
        auto oddity = detail::sized<smz_oddity>();
        detail::check_index(smz_archive_get_oddity(live(), index, &oddity), "oddity", index);
        return oddity;
    }
    /** The index of the entry of exactly this name. */
    std::uint64_t find(const std::string &name) const {
        std::uint64_t index = 0;
        detail::call([&](smz_error **e) { return smz_archive_find(live(), name.c_str(), &index, e); });
        return index;
    }
    /** One entry to be read. */
    reader open(std::uint64_t index) const {
        smz_reader *out = nullptr;
        detail::call([&](smz_error **e) { return smz_archive_open_entry(live(), index, &out, e); });
        return reader(out);
    }
    /** Extracts one entry below a directory. */
    void extract_entry(std::uint64_t index, const std::string &directory,
                       const options &with = options()) const {
        with.call([&](smz_error **e) {
            return smz_archive_extract_entry(live(), index, directory.c_str(), with.live(), e);
        });
    }
    /** Extracts all that the options ask for. */
    report extract(const std::string &directory, const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_extract(live(), directory.c_str(), with.live(), out, e);
        });
    }
    /** Makes the checks of extract() that need no decompression, and writes nothing. */
    report dry_run(const std::string &directory, const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_dry_run(live(), directory.c_str(), with.live(), out, e);
        });
    }
    /** Makes every check and writes nothing. */
    report verify(const options &with = options()) const {
        return reported(with, [&](smz_report **out, smz_error **e) {
            return smz_archive_verify(live(), with.live(), out, e);
        });
    }
    /** NULL if it was moved from. */
    smz_archive *get() const noexcept { return handle_.get(); }

private:
    smz_archive *live() const { return detail::live(handle_, "smz::archive"); }

    template <class F> static report reported(const options &with, F &&function) {
        detail::handle<smz_report, smz_report_free> out;
        const smz_status status = with.call([&](smz_error **e) {
            smz_report *made = nullptr;
            const smz_status outcome = function(&made, e);
            out.reset(made);
            return outcome;
        });
        return report(out.release(), status == SMZ_PARTIAL);
    }

    detail::handle<smz_archive, smz_archive_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_ARCHIVE_HPP */
