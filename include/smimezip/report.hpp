/**
 * @file smimezip/report.hpp
 * What an extraction or a verification did.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_REPORT_HPP
#define SMIMEZIP_REPORT_HPP

#include <cstdint>
#include <string>

#include "../smimezip.h"
#include "detail.hpp"

namespace smz {

/** What an extraction or a verification did. */
class report {
public:
    report(smz_report *handle, bool partial) : handle_(handle), partial_(partial) {}
    /** Whether entries failed and were left out (SMZ_OPTION_KEEP_GOING). */
    bool is_partial() const noexcept { return partial_; }
    /** The numbers. */
    smz_summary summary() const {
        auto summary = detail::sized<smz_summary>();
        detail::check(smz_report_get_summary(live(), &summary));
        return summary;
    }
    /** An entry that failed; texts live as long as the report. */
    smz_error_info failed(std::uint64_t index) const {
        return one<smz_error_info>(smz_report_get_failed, "entry that failed", index);
    }
    /** An entry that was left out; its name lives as long as the report. */
    smz_skipped skipped(std::uint64_t index) const {
        return one<smz_skipped>(smz_report_get_skipped, "entry that was left out", index);
    }
    /** An entry whose file has another name; both live as long as the report. */
    smz_renamed renamed(std::uint64_t index) const {
        return one<smz_renamed>(smz_report_get_renamed, "entry that was renamed", index);
    }
    /** A deviation that was accepted; texts live as long as the report. */
    smz_oddity oddity(std::uint64_t index) const {
        return one<smz_oddity>(smz_report_get_oddity, "oddity", index);
    }

private:
    smz_report *live() const { return detail::live(handle_, "smz::report"); }

    template <class T>
    T one(smz_status (*get)(const smz_report *, std::uint64_t, T *), const char *what,
          std::uint64_t index) const {
        auto value = detail::sized<T>();
        detail::check_index(get(live(), index, &value), what, index);
        return value;
    }

    detail::handle<smz_report, smz_report_free> handle_;
    bool partial_;
};

} // namespace smz

#endif /* SMIMEZIP_REPORT_HPP */
