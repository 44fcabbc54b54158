/**
 * @file smimezip/stream.hpp
 * What streams that are written to have in common. Programs do not use it.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_STREAM_HPP
#define SMIMEZIP_STREAM_HPP

#include <cstddef>
#include <exception>
#include <functional>
#include <ostream>
#include <streambuf>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "error.hpp"
#include "views.hpp"

namespace smz {

namespace detail {

/**
 * A std::ostream that collects what is written and passes it on. What goes wrong there comes out of
 * it, as `exceptions(std::ios::badbit)` is set, and sticks: bytes may be lost.
 */
class passing_ostream : public std::ostream {
public:
    passing_ostream(const passing_ostream &) = delete;
    passing_ostream &operator=(const passing_ostream &) = delete;

protected:
    /** Takes bytes, all of them, or throws. */
    using function = std::function<void(bytes)>;

    explicit passing_ostream(function to) : std::ostream(nullptr), buffer_(std::move(to)) {
        rdbuf(&buffer_);
        exceptions(std::ios::badbit);
    }

    /** Passes on what is left, then calls something, which may fail as passing on does. Nothing can
     * be written afterwards. */
    template <class F> void end(F &&last) {
        if (has_ended_) {
            return;
        }
        buffer_.attempt([&] {
            buffer_.pass();
            last();
        });
        has_ended_ = true;
        buffer_.refuse(std::make_exception_ptr(
            error(SMZ_ERR_INVALID_ARGUMENT, "a stream was written to after its finish()")));
    }

private:
    class buffer : public std::streambuf {
    public:
        explicit buffer(function to) : to_(std::move(to)) { empty(); }

        /** Calls something, unless it has failed before. */
        template <class F> void attempt(F &&work) {
            if (thrown_) {
                std::rethrow_exception(thrown_);
            }
            try {
                work();
            } catch (...) {
                refuse(std::current_exception());
                throw;
            }
        }
        void pass() {
            const auto count = static_cast<std::size_t>(pptr() - pbase());
            if (count != 0) {
                to_({pbase(), count});
            }
            empty();
        }
        /** Takes no more: whoever tries gets this. */
        void refuse(std::exception_ptr because) noexcept {
            thrown_ = std::move(because);
            setp(nullptr, nullptr);
        }

    private:
        void empty() noexcept { setp(bytes_.data(), bytes_.data() + bytes_.size()); }

        int_type overflow(int_type next) override {
            attempt([&] { pass(); });
            if (!traits_type::eq_int_type(next, traits_type::eof())) {
                *pptr() = traits_type::to_char_type(next);
                pbump(1);
            }
            return traits_type::not_eof(next);
        }
        int sync() override {
            if (pptr() != pbase()) {
                attempt([&] { pass(); });
            }
            return 0;
        }

        function to_;
        std::exception_ptr thrown_;
        std::vector<char> bytes_ = std::vector<char>(64 * 1024);
    };

    bool has_ended_ = false;
    buffer buffer_;
};

} // namespace detail

} // namespace smz

#endif /* SMIMEZIP_STREAM_HPP */
