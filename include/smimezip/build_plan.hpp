/**
 * @file smimezip/build_plan.hpp
 * What an export would be made of.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_BUILD_PLAN_HPP
#define SMIMEZIP_BUILD_PLAN_HPP

#include <cstdint>
#include <string_view>

#include "../smimezip.h"
#include "detail.hpp"
#include "receipt.hpp"
#include "views.hpp"

namespace smz {

/** What an export would be made of. */
class build_plan {
    std::string_view get_entry(std::uint64_t index) const {
        const char *const path = smz_build_plan_entry(live(), index);
        detail::check_index(path ? SMZ_OK : SMZ_ERR_NOT_FOUND, "entry", index);
        return path;
    }
    unfit_file get_skipped(std::uint64_t index) const {
        return unfit_file(detail::at_index(smz_build_plan_get_skipped, live(),
                                           "file that would be left out", index));
    }

public:
    using entry_list = detail::list<build_plan, std::string_view, &build_plan::get_entry>;
    using skipped_list = detail::list<build_plan, unfit_file, &build_plan::get_skipped>;

    explicit build_plan(smz_build_plan *handle) : handle_(handle) {}
    /** The numbers. */
    smz_build_plan_summary summary() const {
        auto summary = detail::sized<smz_build_plan_summary>();
        detail::check(smz_build_plan_get_summary(live(), &summary));
        return summary;
    }
    /** The paths in the archive, in its order; that of a folder ends in `/`. */
    entry_list entries() const { return {this, summary().entries}; }
    /** Files and folders that would be left out, with SMZ_UNFIT_SKIP. */
    skipped_list skipped() const { return {this, summary().skipped}; }

private:
    smz_build_plan *live() const { return detail::live(handle_, "smz::build_plan"); }

    detail::handle<smz_build_plan, smz_build_plan_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_BUILD_PLAN_HPP */
