/**
 * @file smimezip/options.hpp
 * What calls may be given: limits, policies, callbacks, a handle that stops them.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_OPTIONS_HPP
#define SMIMEZIP_OPTIONS_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"

namespace smz {

/** Stops calls from another thread or a signal handler. */
class cancel {
public:
    cancel() : handle_(detail::made<smz_cancel, smz_cancel_free>(smz_cancel_new())) {}
    /** Safe in a signal handler. */
    void trigger() const noexcept { smz_cancel_trigger(handle_.get()); }
    /** NULL if it was moved from. */
    const smz_cancel *get() const noexcept { return handle_.get(); }

    /** As get(), but an error if it was moved from. */
    const smz_cancel *live() const { return detail::live(handle_, "smz::cancel"); }

private:
    detail::handle<smz_cancel, smz_cancel_free> handle_;
};

/** Limits, policies, choice of entries, progress. For one call at a time. */
class options {
public:
    options()
        : handle_(detail::made<smz_options, smz_options_free>(smz_options_new())),
          calls_(std::make_unique<callbacks>()) {}

    /** Sets SMZ_OPTION_... that takes a number. */
    options &set(smz_option option, std::uint64_t value) {
        detail::call([&](smz_error **e) { return smz_options_set_u64(live(), option, value, e); });
        return *this;
    }
    /** Sets SMZ_OPTION_... that takes a text. */
    options &set(smz_option option, const std::string &value) {
        detail::call(
            [&](smz_error **e) { return smz_options_set_string(live(), option, value.c_str(), e); });
        return *this;
    }
    /** Reports progress; false ends the call with SMZ_ERR_CANCELLED. nullptr for none. */
    options &on_progress(std::function<bool(const smz_progress &)> callback) {
        smz_options *of = live();
        calls_->progress = std::move(callback);
        detail::check(smz_options_set_progress(of, calls_->progress ? progress : nullptr, calls_.get()));
        return *this;
    }
    /** Chooses entries; nullptr for all. */
    options &filter(std::function<bool(const smz_entry &)> callback) {
        smz_options *of = live();
        calls_->filter = std::move(callback);
        detail::check(smz_options_set_filter(of, calls_->filter ? filtered : nullptr, calls_.get()));
        return *this;
    }
    /** Lets a cancel handle stop the calls that get these options. */
    options &cancelled_by(const cancel &by) {
        detail::check(smz_options_set_cancel(live(), by.live()));
        return *this;
    }
    /** NULL if it was moved from. */
    smz_options *get() const noexcept { return handle_.get(); }

    /** Calls a function with these options; what a callback threw comes out of it. */
    template <class F> smz_status call(F &&function) const {
        (void)live();
        calls_->thrown = nullptr;
        smz_error *details = nullptr;
        const smz_status status = function(&details);
        if (calls_->thrown) {
            smz_error_free(details);
            std::rethrow_exception(std::exchange(calls_->thrown, nullptr));
        }
        if (status < 0) {
            detail::fail(status, details);
        }
        return status;
    }

    /** As get(), but an error if it was moved from. */
    smz_options *live() const { return detail::live(handle_, "smz::options"); }

private:
    struct callbacks {
        std::function<bool(const smz_progress &)> progress;
        std::function<bool(const smz_entry &)> filter;
        std::exception_ptr thrown;
    };

    static int progress(void *user, const smz_progress *event) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            return calls->progress(*event) ? 0 : 1;
        } catch (...) {
            calls->thrown = std::current_exception();
            return 1;
        }
    }

    static int filtered(void *user, const smz_entry *entry) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            return calls->filter(*entry) ? 1 : 0;
        } catch (...) {
            calls->thrown = std::current_exception();
            return -1;
        }
    }

    detail::handle<smz_options, smz_options_free> handle_;
    std::unique_ptr<callbacks> calls_;
};

} // namespace smz

#endif /* SMIMEZIP_OPTIONS_HPP */
