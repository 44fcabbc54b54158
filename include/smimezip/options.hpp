/**
 * @file smimezip/options.hpp
 * What calls may be given: limits, policies, callbacks, a handle that stops them.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_OPTIONS_HPP
#define SMIMEZIP_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <ctime>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "../smimezip.h"
#include "detail.hpp"
#include "entry.hpp"
#include "views.hpp"

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

/** Limits, policies, choice of entries, progress. For one call at a time. What a callback throws
 * ends the call and comes out of it. */
class options {
public:
    /** Gets how far a call is; returns whether to go on. */
    using progress_callback = std::function<bool(const smz_progress &)>;
    /** Says whether an entry is asked for. */
    using filter_callback = std::function<bool(const entry &)>;
    /** Finds the instant of a time that has no time zone, as std::mktime() does, or none. Called on
     * any thread, one at a time. */
    using local_time_callback =
        std::function<std::optional<std::chrono::system_clock::time_point>(std::tm)>;

    options()
        : handle_(detail::made<smz_options, smz_options_free>(smz_options_new())),
          calls_(std::make_unique<callbacks>()) {}

    /** Sets SMZ_OPTION_... that takes a number. */
    options &set(smz_option option, std::uint64_t value) {
        detail::call([&](smz_error **e) { return smz_options_set_u64(live(), option, value, e); });
        return *this;
    }
    /** Sets SMZ_OPTION_... that takes a text. */
    options &set(smz_option option, std::string_view value) {
        const std::string text = detail::text(value);
        detail::call([&](smz_error **e) {
            return smz_options_set_string(live(), option, text.c_str(), e);
        });
        return *this;
    }
    /** Reports progress; false ends the call with SMZ_ERR_CANCELLED. nullptr for none. */
    options &on_progress(progress_callback callback) {
        (void)live();
        calls_->progress = std::move(callback);
        return set_progress();
    }
    /** Chooses entries; nullptr for all. */
    options &filter(filter_callback callback) {
        smz_options *of = live();
        calls_->filter = std::move(callback);
        const auto function = calls_->filter ? filtered : nullptr;
        detail::check(smz_options_set_filter(of, function, calls_.get()));
        return *this;
    }
    /** Finds the instants of times without a time zone; nullptr to take them as UTC. */
    options &local_time(local_time_callback callback) {
        smz_options *of = live();
        calls_->local_time = std::move(callback);
        const auto function = calls_->local_time ? instant : nullptr;
        detail::check(smz_options_set_local_time(of, function, calls_.get()));
        return set_progress();
    }
    /** Lets a cancel handle stop the calls that get these options. */
    options &cancelled_by(const cancel &by) {
        detail::check(smz_options_set_cancel(live(), by.live()));
        return *this;
    }
    /** NULL if it was moved from. */
    smz_options *get() const noexcept { return handle_.get(); }

    /** Calls a function with these options; what a callback threw comes out of it. */
    template <class F> smz_status watch(F &&function, smz_error **e) const {
        (void)live();
        calls_->thrown = nullptr;
        const smz_status status = function(e);
        if (calls_->thrown) {
            smz_error_free(std::exchange(*e, nullptr));
            std::rethrow_exception(std::exchange(calls_->thrown, nullptr));
        }
        return status;
    }

    /** As get(), but an error if it was moved from. */
    smz_options *live() const { return detail::live(handle_, "smz::options"); }

private:
    struct callbacks {
        progress_callback progress;
        filter_callback filter;
        local_time_callback local_time;
        std::mutex mutex; // of `local_time` and `thrown`: that is called on any thread
        std::exception_ptr thrown;

        /** Keeps the exception that is being handled, if it is the first. */
        void keep() noexcept {
            const std::lock_guard<std::mutex> lock(mutex);
            if (!thrown) {
                thrown = std::current_exception();
            }
        }
        bool has_thrown() noexcept {
            const std::lock_guard<std::mutex> lock(mutex);
            return thrown != nullptr;
        }
    };

    // A time that cannot be found does not end a call, so where finding it threw, progress does.
    options &set_progress() {
        const bool wanted = calls_->progress || calls_->local_time;
        detail::check(
            smz_options_set_progress(handle_.get(), wanted ? progress : nullptr, calls_.get()));
        return *this;
    }

    static int progress(void *user, const smz_progress *event) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            if (calls->has_thrown()) {
                return 1;
            }
            return !calls->progress || calls->progress(*event) ? 0 : 1;
        } catch (...) {
            calls->keep();
            return 1;
        }
    }

    static int filtered(void *user, const smz_entry *of) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        try {
            return calls->filter(entry(*of, SMZ_UNKNOWN)) ? 1 : 0;
        } catch (...) {
            calls->keep();
            return -1;
        }
    }

    static int instant(void *user, int year, int month, int day, int hour, int minute, int second,
                       std::int64_t *out_unix_seconds) noexcept {
        auto *calls = static_cast<callbacks *>(user);
        const std::lock_guard<std::mutex> lock(calls->mutex);
        if (calls->thrown) {
            return 1;
        }
        try {
            std::tm time{};
            time.tm_year = year - 1900;
            time.tm_mon = month - 1;
            time.tm_mday = day;
            time.tm_hour = hour;
            time.tm_min = minute;
            time.tm_sec = second;
            time.tm_isdst = -1;
            const auto found = calls->local_time(time);
            if (!found) {
                return 1;
            }
            const auto since_1970 = found->time_since_epoch();
            *out_unix_seconds = std::chrono::floor<std::chrono::seconds>(since_1970).count();
            return 0;
        } catch (...) {
            calls->thrown = std::current_exception();
            return 1;
        }
    }

    detail::handle<smz_options, smz_options_free> handle_;
    std::unique_ptr<callbacks> calls_;
};

} // namespace smz

#endif /* SMIMEZIP_OPTIONS_HPP */
