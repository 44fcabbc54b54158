/**
 * @file smimezip/set.hpp
 * The files of a split export, before they are opened.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SET_HPP
#define SMIMEZIP_SET_HPP

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "source.hpp"

namespace smz {

/** The parts of an export. */
class set {
public:
    /** An empty set, for parts that your program serves. */
    set() : handle_(detail::made<smz_set, smz_set_free>(smz_set_new())) {}
    /** The set that a file is a part of, or the only one in a folder. */
    static set discover(const std::string &any_part) {
        smz_set *out = nullptr;
        detail::call([&](smz_error **e) { return smz_set_discover(any_part.c_str(), &out, e); });
        return set(out);
    }
    /** Adds a part that your program serves. */
    set &add(const std::string &name, std::unique_ptr<source> from) {
        source::give(std::move(from), [&](const smz_io *io, smz_error **e) {
            return smz_set_add_io(live(), name.c_str(), io, e);
        });
        return *this;
    }
    /** Parts present, missing and duplicate; names live as long as the set. */
    std::vector<smz_part> parts() const {
        std::vector<smz_part> parts(smz_set_part_count(live()), detail::sized<smz_part>());
        for (std::size_t at = 0; at < parts.size(); ++at) {
            (void)detail::thrown::take_last();
            const smz_status status = smz_set_get_part(live(), at, &parts[at]);
            // Where a size cannot be told, it is unknown; but not where a source threw.
            if (const auto exception = detail::thrown::find(detail::thrown::take_last())) {
                std::rethrow_exception(exception);
            }
            detail::check(status);
        }
        return parts;
    }
    /** NULL if it was moved from. */
    smz_set *get() const noexcept { return handle_.get(); }
    /** As get(), but an error if it was moved from. */
    smz_set *live() const { return detail::live(handle_, "smz::set"); }

private:
    explicit set(smz_set *handle) : handle_(handle) {}
    detail::handle<smz_set, smz_set_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_SET_HPP */
