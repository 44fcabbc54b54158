/**
 * @file smimezip/set_status.hpp
 * What state the sets of a folder are in.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_SET_STATUS_HPP
#define SMIMEZIP_SET_STATUS_HPP

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../smimezip.h"
#include "detail.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "set.hpp"
#include "views.hpp"

namespace smz {

/** What is wrong with a part. Texts live as long as the statuses or salvage. */
class part_damage {
public:
    explicit part_damage(const smz_error_info &of) noexcept : of_(of) {}
    /** SMZ_ERR_... */
    smz_status status() const noexcept { return of_.status; }
    /** One sentence for a person. */
    std::string_view message() const noexcept { return of_.message; }
    /** The part. */
    std::optional<std::string_view> part() const { return detail::maybe(of_.part); }
    /** The position in bytes in it, if known. */
    std::optional<std::uint64_t> offset() const {
        return of_.offset == SMZ_UNKNOWN ? std::nullopt : std::make_optional(of_.offset);
    }

private:
    smz_error_info of_;
};

/** What state a set is in. What it gives lives as long as the statuses that it is from. */
class set_status {
public:
    set_status(const smz_set_status &of, const smz_set_statuses *from, std::uint64_t index) noexcept
        : of_(of), from_(from), index_(index) {}
    /** The set's name. */
    std::string_view name() const noexcept { return of_.name; }
    /** SMZ_VERDICT_... */
    std::int32_t verdict() const noexcept { return of_.verdict; }
    /** The same as a word: "still_downloading". */
    std::string_view verdict_code() const noexcept { return of_.verdict_code; }
    bool is_complete() const noexcept { return of_.verdict == SMZ_VERDICT_COMPLETE; }
    /** Whether one of the keys opens it; nothing if none was given, or none is needed. */
    std::optional<bool> key_fits() const {
        return of_.key_fits < 0 ? std::nullopt : std::make_optional(of_.key_fits != 0);
    }
    /** How many parts it has, if that could be read. */
    std::optional<std::uint64_t> total() const {
        return of_.total == SMZ_UNKNOWN ? std::nullopt : std::make_optional(of_.total);
    }
    /** Bytes of the parts that are here, as they are. */
    std::uint64_t bytes() const noexcept { return of_.bytes; }
    /** When the first of its parts was written here, if the system says so. */
    std::optional<std::chrono::system_clock::time_point> created() const {
        return detail::time(of_.created, of_.created_nanoseconds);
    }
    /** The parts that are here: names of files. */
    std::vector<std::string_view> parts() const { return names(SMZ_SET_STATUS_PARTS); }
    /** For whom it is: issuer and serial number, or key identifier. */
    std::vector<std::string_view> recipients() const { return names(SMZ_SET_STATUS_RECIPIENTS); }
    /** Further files for a position that a part has. */
    std::vector<std::string_view> duplicates() const { return names(SMZ_SET_STATUS_DUPLICATES); }
    /** Parts that are copies by their names and are taken as the original is not there. */
    std::vector<std::string_view> stand_ins() const { return names(SMZ_SET_STATUS_STAND_INS); }
    /** The parts that are not here, as far as it is known. */
    std::vector<std::string_view> missing() const { return names(SMZ_SET_STATUS_MISSING); }
    /** Files that are being downloaded. */
    std::vector<std::string_view> unfinished() const { return names(SMZ_SET_STATUS_UNFINISHED); }
    /** Files that do not agree with a part, or are past the end. */
    std::vector<std::string_view> conflicting() const { return names(SMZ_SET_STATUS_CONFLICTING); }
    /** The names of SMZ_SET_STATUS_... */
    std::vector<std::string_view> names(smz_set_status_list list) const {
        std::vector<std::string_view> all;
        const std::uint64_t count = smz_set_statuses_name_count(from_, index_, list);
        for (std::uint64_t at = 0; at < count; ++at) {
            all.emplace_back(smz_set_statuses_name(from_, index_, list, at));
        }
        return all;
    }
    /** What is wrong with a part, with SMZ_VERDICT_DAMAGED. */
    std::optional<part_damage> damage() const {
        if (of_.verdict != SMZ_VERDICT_DAMAGED) {
            return std::nullopt;
        }
        return part_damage(
            detail::at_index(smz_set_statuses_get_damage, from_, "damage", index_));
    }

private:
    smz_set_status of_;
    const smz_set_statuses *from_;
    std::uint64_t index_;
};

/** What state sets were in when they were looked at. `for (auto status : statuses)` goes through
 * them. */
class set_statuses {
public:
    explicit set_statuses(smz_set_statuses *handle) : handle_(handle) {}
    /** How many there are. */
    std::uint64_t size() const noexcept { return smz_set_statuses_count(handle_.get()); }
    bool empty() const noexcept { return size() == 0; }
    /** That of one set. */
    set_status operator[](std::uint64_t index) const {
        return {detail::at_index(smz_set_statuses_get, live(), "set", index), live(), index};
    }

    using iterator = detail::iterator<set_statuses, set_status, &set_statuses::operator[]>;
    iterator begin() const {
        (void)live();
        return {this, 0};
    }
    iterator end() const { return {this, size()}; }

private:
    // As a const pointer: what it is asked by takes one.
    const smz_set_statuses *live() const { return detail::live(handle_, "smz::set_statuses"); }

    detail::handle<smz_set_statuses, smz_set_statuses_free> handle_;
};

/** Finds out what state a set is in: from names and sizes, the heads of its parts, and, with a key
 * that fits, the end record in the last part. What stands in the parts is not read. The only status
 * of its list. What a source of the set throws comes out of it. */
inline set_statuses find_status(const set &of, const keyring &keys,
                                const options &with = options()) {
    smz_set_statuses *out = nullptr;
    detail::call_with(with, keys, [&](smz_error **e) {
        return smz_set_find_status(of.live(), keys.live(), with.live(), &out, e);
    });
    set_statuses found(out);
    // A source that fails is the set's state; but not one that threw.
    auto damage = detail::sized<smz_error_info>();
    if (smz_set_statuses_get_damage(out, 0, &damage) == SMZ_OK) {
        if (const auto exception = detail::thrown::find(damage.os_error)) {
            std::rethrow_exception(exception);
        }
    }
    return found;
}

/** The sets of a folder, to be looked at together. */
class set_list {
public:
    /** All sets in a folder, or the one that a file is a part of. Reads names only. */
    static set_list discover(const std::filesystem::path &path) {
        const std::string text = detail::path_text(path);
        smz_set_list *list = nullptr;
        detail::call([&](smz_error **e) { return smz_set_discover_all(text.c_str(), &list, e); });
        return set_list(list);
    }
    /** How many there are. */
    std::uint64_t size() const noexcept { return smz_set_list_count(handle_.get()); }
    bool empty() const noexcept { return size() == 0; }
    /** One of them, which does not need the list any more. */
    set operator[](std::uint64_t index) const {
        smz_set *out = nullptr;
        detail::call(
            [&](smz_error **e) { return smz_set_list_get(live(), index, &out, e); });
        return set(out);
    }
    /** Their states in their order, as smz::find_status() has them, by several threads. */
    set_statuses find_statuses(const keyring &keys, const options &with = options()) const {
        smz_set_statuses *out = nullptr;
        detail::call_with(with, keys, [&](smz_error **e) {
            return smz_set_list_find_statuses(live(), keys.live(), with.live(), &out, e);
        });
        return set_statuses(out);
    }

private:
    explicit set_list(smz_set_list *handle) : handle_(handle) {}
    smz_set_list *live() const { return detail::live(handle_, "smz::set_list"); }

    detail::handle<smz_set_list, smz_set_list_free> handle_;
};

} // namespace smz

#endif /* SMIMEZIP_SET_STATUS_HPP */
