/**
 * @file smimezip/source.hpp
 * Bytes that a program serves, instead of files.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SOURCE_HPP
#define SMIMEZIP_SOURCE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"

namespace smz {

/** Bytes that your program serves: derive from it. What it throws comes out of the call that needed
 * the bytes. */
class source {
public:
    virtual ~source() = default;
    /** Reads up to len bytes at offset; returns how many, 0 only at the end. */
    virtual std::size_t read_at(std::uint64_t offset, std::uint8_t *buf, std::size_t len) = 0;
    /** The length in bytes. */
    virtual std::uint64_t size() = 0;
    /** Whether read_at() may be called by several threads at the same time; otherwise it is called
     * on any thread, one at a time. */
    virtual bool is_concurrent() const noexcept { return false; }

    /** Gives a source to a function of smimezip.h, which owns it from then on. */
    template <class F> static void give(std::unique_ptr<source> from, F &&function);
};

namespace detail {

/** A source and what it threw: what its callbacks get. */
struct served_source {
    std::unique_ptr<source> from;
    std::shared_ptr<thrown::of_source> exceptions;

    template <class F> static int run(void *user, F &&work) noexcept {
        auto *it = static_cast<served_source *>(user);
        try {
            work(*it->from);
            return 0;
        } catch (...) {
            return it->exceptions->keep();
        }
    }

    smz_io callbacks() noexcept {
        auto io = sized<smz_io>();
        io.user = this;
        io.flags = from->is_concurrent() ? SMZ_IO_CONCURRENT : 0;
        io.read_at = [](void *user, std::uint64_t offset, std::uint8_t *buf, std::size_t len,
                        std::size_t *out_n) noexcept -> int {
            return run(user, [&](source &it) { *out_n = it.read_at(offset, buf, len); });
        };
        io.size = [](void *user, std::uint64_t *out_size) noexcept -> int {
            return run(user, [&](source &it) { *out_size = it.size(); });
        };
        io.close = [](void *user) noexcept { delete static_cast<served_source *>(user); };
        return io;
    }
};

} // namespace detail

template <class F> void source::give(std::unique_ptr<source> from, F &&function) {
    if (!from) {
        throw error(SMZ_ERR_INVALID_ARGUMENT, "the source is NULL");
    }
    auto given = std::make_unique<detail::served_source>();
    given->from = std::move(from);
    given->exceptions = std::make_shared<detail::thrown::of_source>();
    // What it throws is kept until this call has ended, though it may be closed before.
    const auto kept = given->exceptions;
    const smz_io io = given->callbacks();
    smz_error *details = nullptr;
    const smz_status status = function(&io, &details);
    if (status != SMZ_ERR_INVALID_ARGUMENT) {
        (void)given.release(); // `close` was called or will be
    }
    if (status < 0) {
        detail::fail(status, details);
    }
}

} // namespace smz

#endif /* SMIMEZIP_SOURCE_HPP */
