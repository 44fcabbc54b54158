/**
 * @file smimezip/salvage.hpp
 * What there is of an export whose parts are damaged, cut or missing.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SALVAGE_HPP
#define SMIMEZIP_SALVAGE_HPP

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "../smimezip.h"
#include "archive.hpp"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "report.hpp"
#include "set.hpp"
#include "set_status.hpp"
#include "views.hpp"

namespace smz {

/** What can be read of an export that smz::archive refuses: parts may be missing, the last one as
 * well, cut off or damaged. */
class salvage {
    part_damage get_damaged(std::uint64_t index) const {
        return part_damage(
            detail::at_index(smz_salvage_get_damaged, live(), "damaged part", index));
    }
    failed_entry get_lost(std::uint64_t index) const {
        return failed_entry(detail::at_index(smz_salvage_get_lost, live(), "lost entry", index));
    }

public:
    using damaged_list = detail::list<salvage, part_damage, &salvage::get_damaged>;
    using lost_list = detail::list<salvage, failed_entry, &salvage::get_lost>;

    salvage(const set &of, const keyring &keys, const options &with = options()) {
        smz_salvage *out = nullptr;
        detail::call_with(with, keys, [&](smz_error **e) {
            return smz_salvage_open(of.live(), keys.live(), with.live(), &out, e);
        });
        handle_.reset(out);
    }
    /** The numbers. */
    smz_salvage_summary summary() const {
        auto summary = detail::sized<smz_salvage_summary>();
        detail::check(smz_salvage_get_summary(live(), &summary));
        return summary;
    }
    /** Whether the archive's directory was there, so that all entries are known, also those that
     * cannot be read. */
    bool has_directory() const { return summary().has_directory != 0; }
    /** The parts that are missing, as far as it can be known: without the last part there may be
     * more. */
    std::vector<std::string> missing() const {
        std::vector<std::string> all;
        const std::uint64_t count = summary().missing;
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_salvage_missing_part(live(), at));
        }
        return all;
    }
    /** What is wrong with parts that are there; those that are cut were read as far as they go. */
    damaged_list damaged() const { return {this, summary().damaged}; }
    /** Names that several entries have. None of these is in the archive, as nobody knows which is
     * meant. */
    std::vector<std::string> ambiguous() const {
        std::vector<std::string> all;
        const std::uint64_t count = summary().ambiguous;
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_salvage_ambiguous_name(live(), at));
        }
        return all;
    }
    /** Why entries whose headers were met are not in the archive. */
    lost_list lost() const { return {this, summary().lost}; }
    /** The entries that were found, to be listed and opened. It does not need the salvage any
     * more. */
    smz::archive archive() const {
        smz_archive *out = nullptr;
        detail::call([&](smz_error **e) { return smz_salvage_get_archive(live(), &out, e); });
        return smz::archive(out);
    }
    /** Entries that were found behind damage or missing parts, of which nobody can tell whether
     * they are the archive's own: they may be those of an archive that is a file in it, as a
     * document of an office program is. They are as right as others, and should be kept apart from
     * these. It does not need the salvage any more. */
    smz::archive uncertain() const {
        smz_archive *out = nullptr;
        detail::call([&](smz_error **e) { return smz_salvage_get_uncertain(live(), &out, e); });
        return smz::archive(out);
    }
    /** Extracts what is whole: as archive::extract() with SMZ_OPTION_KEEP_GOING,
     * SMZ_OPTION_AVAILABLE and SMZ_LINKS_SKIP. Its report says nothing of entries that were not
     * found. */
    report extract(const std::filesystem::path &directory, const options &with = options()) const {
        const std::string text = detail::path_text(directory);
        return detail::reported(with, [&](smz_report **out, smz_error **e) {
            return smz_salvage_extract(live(), text.c_str(), with.live(), out, e);
        });
    }
    /** The same for the uncertain() entries, which should go to a folder of their own. */
    report extract_uncertain(const std::filesystem::path &directory,
                             const options &with = options()) const {
        const std::string text = detail::path_text(directory);
        return detail::reported(with, [&](smz_report **out, smz_error **e) {
            return smz_salvage_extract_uncertain(live(), text.c_str(), with.live(), out, e);
        });
    }
    /** NULL if it was moved from. */
    smz_salvage *get() const noexcept { return handle_.get(); }

private:
    smz_salvage *live() const { return detail::live(handle_, "smz::salvage"); }

    detail::handle<smz_salvage, smz_salvage_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_SALVAGE_HPP */
