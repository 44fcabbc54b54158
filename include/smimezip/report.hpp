/**
 * @file smimezip/report.hpp
 * What an extraction or a verification did.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_REPORT_HPP
#define SMIMEZIP_REPORT_HPP

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "entry.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "views.hpp"

namespace smz {

/** An entry that was left out. Its name lives as long as the report. */
class skipped_entry {
public:
    explicit skipped_entry(const smz_skipped &of) noexcept : of_(of) {}
    std::string_view name() const noexcept { return of_.name; }
    /** SMZ_SKIPPED_... */
    std::int32_t reason() const noexcept { return of_.reason; }

private:
    smz_skipped of_;
};

/** An entry whose file has another name. Both live as long as the report. */
class renamed_entry {
public:
    explicit renamed_entry(const smz_renamed &of) noexcept : of_(of) {}
    std::string_view name() const noexcept { return of_.name; }
    /** Where its file is, below the directory. */
    std::string_view path() const noexcept { return of_.path; }

private:
    smz_renamed of_;
};

/** An entry that could not be read, as parts are missing. What it gives lives as long as the
 * report. */
class unavailable_entry {
public:
    unavailable_entry(const smz_unavailable &of, const smz_report *from,
                      std::uint64_t index) noexcept
        : of_(of), from_(from), index_(index) {}
    std::string_view name() const noexcept { return of_.name; }
    /** The missing parts that it needs. */
    std::vector<std::string_view> parts() const {
        std::vector<std::string_view> all;
        for (std::uint64_t at = 0; at < of_.parts; ++at) {
            all.emplace_back(smz_report_unavailable_part(from_, index_, at));
        }
        return all;
    }

private:
    smz_unavailable of_;
    const smz_report *from_;
    std::uint64_t index_;
};

/** An entry that could not be verified or found, and why. Texts live as long as the report or
 * salvage. */
class failed_entry {
public:
    explicit failed_entry(const smz_error_info &of) noexcept : of_(of) {}
    /** SMZ_ERR_... */
    smz_status status() const noexcept { return of_.status; }
    /** One sentence for a person. */
    std::string_view message() const noexcept { return of_.message; }
    std::optional<std::string_view> name() const { return detail::maybe(of_.entry); }
    /** The part it happened in, if known. */
    std::optional<std::string_view> part() const { return detail::maybe(of_.part); }
    /** The position in bytes in that part, if known. */
    std::optional<std::uint64_t> offset() const {
        return of_.offset == SMZ_UNKNOWN ? std::nullopt : std::make_optional(of_.offset);
    }

private:
    smz_error_info of_;
};

/** What an extraction or a verification did. */
class report {
    failed_entry get_failed(std::uint64_t index) const {
        return failed_entry(
            detail::at_index(smz_report_get_failed, live(), "entry that failed", index));
    }
    skipped_entry get_skipped(std::uint64_t index) const {
        return skipped_entry(
            detail::at_index(smz_report_get_skipped, live(), "entry that was left out", index));
    }
    renamed_entry get_renamed(std::uint64_t index) const {
        return renamed_entry(
            detail::at_index(smz_report_get_renamed, live(), "entry that was renamed", index));
    }
    unavailable_entry get_unavailable(std::uint64_t index) const {
        const smz_report *of = live();
        return {detail::at_index(smz_report_get_unavailable, of, "entry in missing parts", index),
                of, index};
    }
    oddity get_oddity(std::uint64_t index) const {
        return oddity(detail::at_index(smz_report_get_oddity, live(), "oddity", index));
    }

public:
    using failed_list = detail::list<report, failed_entry, &report::get_failed>;
    using skipped_list = detail::list<report, skipped_entry, &report::get_skipped>;
    using renamed_list = detail::list<report, renamed_entry, &report::get_renamed>;
    using unavailable_list =
        detail::list<report, unavailable_entry, &report::get_unavailable>;
    using oddity_list = detail::list<report, oddity, &report::get_oddity>;

    report(smz_report *handle, bool partial) : handle_(handle), partial_(partial) {}
    /** Whether entries were left out: failed (SMZ_OPTION_KEEP_GOING), or in missing parts
     * (SMZ_OPTION_AVAILABLE). */
    bool is_partial() const noexcept { return partial_; }
    /** The numbers. */
    smz_summary summary() const {
        auto summary = detail::sized<smz_summary>();
        detail::check(smz_report_get_summary(live(), &summary));
        return summary;
    }
    /** Entries that failed. */
    failed_list failed() const { return {this, summary().failed}; }
    /** Entries that lie in missing parts (SMZ_OPTION_AVAILABLE). */
    unavailable_list unavailable() const { return {this, summary().unavailable}; }
    /** Entries that were left out. */
    skipped_list skipped() const { return {this, summary().skipped}; }
    /** Entries whose files have other names. */
    renamed_list renamed() const { return {this, summary().renamed}; }
    /** Deviations from the standard that were accepted. */
    oddity_list oddities() const { return {this, summary().oddities}; }

private:
    smz_report *live() const { return detail::live(handle_, "smz::report"); }

    detail::handle<smz_report, smz_report_free> handle_;
    bool partial_;
};

namespace detail {

/** The report of a call that may leave something out. */
template <class F> report reported(const options &with, F &&function) {
    handle<smz_report, smz_report_free> out;
    const smz_status status = call_with(with, [&](smz_error **e) {
        smz_report *made = nullptr;
        const smz_status outcome = function(&made, e);
        out.reset(made);
        return outcome;
    });
    return report(out.release(), status == SMZ_PARTIAL);
}

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_REPORT_HPP */
