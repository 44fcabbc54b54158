/**
 * @file smimezip/error.hpp
 * What failed calls throw, and which library it is. Nothing that opens anything belongs here.
 * SPDX-License-Identifier: MIT OR Apache-2.0
 */
#ifndef SMIMEZIP_ERROR_HPP
#define SMIMEZIP_ERROR_HPP

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "../smimezip.h"

namespace smz {

/** The version of the library that is linked: MAJOR * 1000000 + MINOR * 1000 + PATCH. */
inline std::uint32_t version_number() noexcept { return smz_version_number(); }

/** The version of the library that is linked, for a person. */
inline std::string_view version_string() noexcept { return smz_version_string(); }

/** A failed call: what() is one sentence for a person. */
class error : public std::runtime_error {
public:
    explicit error(smz_status status, smz_error *details = nullptr)
        : error(status, owned(details, smz_error_free)) {}

    error(smz_status status, const std::string &what) : std::runtime_error(what), status_(status) {}

    /** SMZ_ERR_... */
    smz_status status() const noexcept { return status_; }
    /** A word for what is wrong, finer than the status; "" for a mistake in the program. */
    const std::string &code() const noexcept { return code_; }
    /** A number: SMZ_ERROR_LIMIT to SMZ_ERROR_TRAILING, if this error has it. */
    std::optional<std::uint64_t> number(smz_error_number which) const {
        const auto found = numbers_.find(which);
        return found == numbers_.end() ? std::nullopt : std::make_optional(found->second);
    }
    /** Names: SMZ_ERROR_MISSING to SMZ_ERROR_PROBLEM; empty if this error has none. */
    std::vector<std::string> names(smz_error_list which) const {
        const auto found = lists_.find(which);
        return found == lists_.end() ? std::vector<std::string>() : found->second;
    }
    /** The SMZ_OPTION_LIMIT_... that was reached (SMZ_ERR_LIMIT). */
    std::optional<smz_option> limit() const {
        const auto it = number(SMZ_ERROR_LIMIT);
        return it ? std::make_optional(static_cast<smz_option>(*it)) : std::nullopt;
    }
    /** The value of that limit. */
    std::optional<std::uint64_t> allowed() const { return number(SMZ_ERROR_ALLOWED); }
    /** Bytes that are needed (SMZ_ERR_NO_SPACE). */
    std::optional<std::uint64_t> needed() const { return number(SMZ_ERROR_NEEDED); }
    /** Bytes that are free (SMZ_ERR_NO_SPACE). */
    std::optional<std::uint64_t> available() const { return number(SMZ_ERROR_AVAILABLE); }
    /** Parts that are not there (SMZ_ERR_MISSING_PART). */
    std::vector<std::string> missing() const { return names(SMZ_ERROR_MISSING); }
    /** For whom the message is (SMZ_ERR_NO_MATCHING_KEY, SMZ_ERR_DECRYPT). */
    std::vector<std::string> recipients() const { return names(SMZ_ERROR_RECIPIENTS); }
    /** The parts it may have happened in: one, or all that hold the entry. */
    std::vector<std::string> parts() const { return names(SMZ_ERROR_PARTS); }
    /** The operating system's number, or 0. */
    int os_error() const noexcept { return os_error_; }
    /** The part it happened in, or "". */
    const std::string &part() const noexcept { return part_; }
    /** The entry it happened in, or "". */
    const std::string &entry() const noexcept { return entry_; }
    /** The position in bytes in that part, if known. */
    std::optional<std::uint64_t> offset() const noexcept { return offset_; }

private:
    using owned = std::unique_ptr<smz_error, void (*)(smz_error *)>;

    error(smz_status status, owned details)
        : std::runtime_error(details ? smz_error_message(details.get()) : smz_status_name(status)),
          status_(status) {
        code_ = smz_error_code(details.get());
        for (smz_error_number which = SMZ_ERROR_LIMIT; which <= SMZ_ERROR_TRAILING; ++which) {
            std::uint64_t value = 0;
            if (smz_error_get_number(details.get(), which, &value) == SMZ_OK) {
                numbers_.emplace(which, value);
            }
        }
        for (smz_error_list which = SMZ_ERROR_MISSING; which <= SMZ_ERROR_PROBLEM; ++which) {
            const std::uint64_t count = smz_error_name_count(details.get(), which);
            for (std::uint64_t at = 0; at < count; ++at) {
                lists_[which].emplace_back(smz_error_name(details.get(), which, at));
            }
        }
        smz_error_info info{};
        info.struct_size = sizeof info;
        if (details && smz_error_get_info(details.get(), &info) == SMZ_OK) {
            os_error_ = info.os_error;
            part_ = info.part ? info.part : "";
            entry_ = info.entry ? info.entry : "";
            if (info.offset != SMZ_UNKNOWN) {
                offset_ = info.offset;
            }
        }
    }

    smz_status status_;
    std::string code_;
    std::map<smz_error_number, std::uint64_t> numbers_;
    std::map<smz_error_list, std::vector<std::string>> lists_;
    int os_error_ = 0;
    std::string part_;
    std::string entry_;
    std::optional<std::uint64_t> offset_;
};

} // namespace smz

#endif /* SMIMEZIP_ERROR_HPP */
